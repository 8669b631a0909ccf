import mysql2 from 'mysql2'
import { createConnection, createPool, createPoolCluster } from './create.js'
import * as promiseFlavour from './promise-create.js'

export * from '@comeback/core/application'
// Everything that mysql2 exports, its classes included: sessions and pools are `instanceof` them.
export * from 'mysql2'
export { createConnection, createPool, createPoolCluster } from './create.js'
export { type SupervisedSessions, supervise } from './supervise.js'
export { type ComebackDriver, withPolicy, withSessions } from './with-policy.js'

/** The same as `createConnection`; mysql2 has both names. */
export const connect: typeof createConnection = createConnection
/** The promise flavour of `createConnection`. */
export const createConnectionPromise: typeof promiseFlavour.createConnection = promiseFlavour.createConnection
/** The promise flavour of `createPool`. */
export const createPoolPromise: typeof promiseFlavour.createPool = promiseFlavour.createPool
/** The promise flavour of `createPoolCluster`. */
export const createPoolClusterPromise: typeof promiseFlavour.createPoolCluster =
  promiseFlavour.createPoolCluster

/** Column types, loaded on demand as in mysql2. */
export const Types: typeof mysql2.Types = mysql2.Types
/** Character sets by name, as in mysql2. */
export const Charsets: typeof mysql2.Charsets = mysql2.Charsets
/** Encodings by character set, as in mysql2. */
export const CharsetToEncoding: typeof mysql2.CharsetToEncoding = mysql2.CharsetToEncoding
/** Typed parameters of prepared statements, as in mysql2. */
export const TypedParameter: typeof mysql2.TypedParameter = mysql2.TypedParameter

/** What `import mysql from 'mysql2'` gives, with the functions that open connections replaced. */
const flavour: typeof mysql2 = Object.create(null, {
  ...Object.getOwnPropertyDescriptors(mysql2),
  ...Object.getOwnPropertyDescriptors({
    createConnection,
    connect,
    createPool,
    createPoolCluster,
    createConnectionPromise,
    createPoolPromise,
    createPoolClusterPromise,
  }),
})

// mysql2 is imported this way by most, and this package stands in for it.
// biome-ignore lint/style/noDefaultExport: the name under which mysql2 itself is known
export default flavour
