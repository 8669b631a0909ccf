import { contract } from './contract.js'
import { knexStack, stockKnexStack } from './stacks/knex.js'

// COMEBACK_CONTRACT=stock tells the contract to the library as it comes: what fails then is what Comeback is for.
await contract(process.env['COMEBACK_CONTRACT'] === 'stock' ? stockKnexStack : knexStack)
