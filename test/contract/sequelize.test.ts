import { contract } from './contract.js'
import { sequelizeStack, stockSequelizeStack } from './stacks/sequelize.js'

// COMEBACK_CONTRACT=stock tells the contract to the library as it comes: what fails then is what Comeback is for.
await contract(process.env['COMEBACK_CONTRACT'] === 'stock' ? stockSequelizeStack : sequelizeStack)
