/**
 * What an application uses of Comeback, whatever stands above it: the errors that it may catch, annotations, and the types
 * of the policy and of events. The package of every driver and ORM exports all of it.
 *
 * @packageDocumentation
 */
export { annotate } from './annotation/annotate.js'
export type { Annotation } from './annotation/annotation.js'
export { ComebackConfigError } from './errors/comeback-config-error.js'
export { ComebackError } from './errors/comeback-error.js'
export { DatabaseUnavailableError } from './errors/database-unavailable-error.js'
export { LostConnectionError } from './errors/lost-connection-error.js'
export { LostTransactionError } from './errors/lost-transaction-error.js'
export { OutcomeUnknownError } from './errors/outcome-unknown-error.js'
export { PacketTooLargeError } from './errors/packet-too-large-error.js'
export { PoisonQueryError } from './errors/poison-query-error.js'
export { SessionLostError } from './errors/session-lost-error.js'
export { SharedConnectionError } from './errors/shared-connection-error.js'
export type { ComebackEvent } from './events/event-types.js'
export type { ComebackLogger, Policy } from './policy/policy.js'
