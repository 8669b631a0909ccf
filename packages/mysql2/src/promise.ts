import mysql2 from 'mysql2/promise'
import { createConnection, createPool, createPoolCluster } from './promise-create.js'

// Everything that mysql2/promise exports.
export * from 'mysql2/promise'
export { createConnection, createPool, createPoolCluster } from './promise-create.js'

const flavour: Omit<typeof mysql2, 'createConnection' | 'createPool' | 'createPoolCluster'> & {
  createConnection: typeof createConnection
  createPool: typeof createPool
  createPoolCluster: typeof createPoolCluster
} = Object.create(null, {
  ...Object.getOwnPropertyDescriptors(mysql2),
  ...Object.getOwnPropertyDescriptors({ createConnection, createPool, createPoolCluster }),
})

// mysql2/promise is imported this way by most, and this module stands in for it.
// biome-ignore lint/style/noDefaultExport: the name under which mysql2/promise itself is known
export default flavour
