import { contract } from './contract.js'
import { mysql2Stack } from './stacks/mysql2.js'

await contract(mysql2Stack)
