import { contract } from './contract.js'
import { knexStack } from './stacks/knex.js'

await contract(knexStack)
