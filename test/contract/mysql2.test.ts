import { contract } from './contract.js'
import { mysql2Stack, stockMysql2Stack } from './stacks/mysql2.js'

// COMEBACK_CONTRACT=stock tells the contract to the library as it comes: what fails then is what Comeback is for.
await contract(process.env['COMEBACK_CONTRACT'] === 'stock' ? stockMysql2Stack : mysql2Stack)
