// Declares `.comeback()` on Knex's query builder.
import './knex-annotation.js'

export type { Annotation, ComebackEvent, ComebackLogger, Policy } from '@comeback/core'
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
export { attach, type Comeback, comeback } from './comeback.js'
