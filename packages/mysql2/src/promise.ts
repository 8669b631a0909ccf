export * from 'mysql2/promise'
export { createConnection, createPool, createPoolCluster } from './promise-create.js'
