import mysql2 from 'mysql2/promise'
import { createConnection, createPool, createPoolCluster } from './promise-create.js'

export * from '@comeback/core/application'
// Everything that mysql2/promise exports.
export * from 'mysql2/promise'
export { createConnection, createPool, createPoolCluster } from './promise-create.js'

/** Column types, as in mysql2. */
export const Types: typeof mysql2.Types = mysql2.Types
/** Character sets by name, as in mysql2. */
export const Charsets: typeof mysql2.Charsets = mysql2.Charsets
/** Encodings by character set, as in mysql2. */
export const CharsetToEncoding: typeof mysql2.CharsetToEncoding = mysql2.CharsetToEncoding
/** Typed parameters of prepared statements, as in mysql2. */
export const TypedParameter: typeof mysql2.TypedParameter = mysql2.TypedParameter

/** What `import mysql from 'mysql2/promise'` gives, with the functions that open connections replaced. */
const flavour: Omit<typeof mysql2, 'createConnection' | 'createPool' | 'createPoolCluster'> & {
  /** Takes a policy as its second argument. */
  createConnection: typeof createConnection
  /** Takes a policy as its second argument. */
  createPool: typeof createPool
  /** Takes a policy as its second argument. */
  createPoolCluster: typeof createPoolCluster
} = Object.create(null, {
  ...Object.getOwnPropertyDescriptors(mysql2),
  ...Object.getOwnPropertyDescriptors({ createConnection, createPool, createPoolCluster }),
})

// mysql2/promise is imported this way by most, and this module stands in for it.
// biome-ignore lint/style/noDefaultExport: the name under which mysql2/promise itself is known
export default flavour
