import { contract } from './contract.js'
import { stockTypeormStack, typeormStack } from './stacks/typeorm.js'

// COMEBACK_CONTRACT=stock tells the contract to the library as it comes: what fails then is what Comeback is for.
await contract(process.env['COMEBACK_CONTRACT'] === 'stock' ? stockTypeormStack : typeormStack)
