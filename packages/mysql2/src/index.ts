import { createConnection } from './create.js'
import * as promiseFlavour from './promise-create.js'

export type { Policy } from '@comeback/core'
export {
  annotate,
  ComebackConfigError,
  ComebackError,
  DatabaseUnavailableError,
  LostConnectionError,
  LostTransactionError,
  OutcomeUnknownError,
  PacketTooLargeError,
  PoisonQueryError,
  SessionLostError,
  SharedConnectionError,
} from '@comeback/core'
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
