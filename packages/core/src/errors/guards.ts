import { ComebackConfigError } from './comeback-config-error.js'
import { DatabaseUnavailableError } from './database-unavailable-error.js'
import { findComebackError } from './find-comeback-error.js'
import { LostConnectionError } from './lost-connection-error.js'
import { LostTransactionError } from './lost-transaction-error.js'
import { OutcomeUnknownError } from './outcome-unknown-error.js'
import { PacketTooLargeError } from './packet-too-large-error.js'
import { PoisonQueryError } from './poison-query-error.js'
import { SessionLostError } from './session-lost-error.js'
import { SharedConnectionError } from './shared-connection-error.js'

/** Whether this is an error of Comeback, or an ORM's around one. */
export const isComebackError = (error: unknown): boolean => findComebackError(error) !== undefined

/** Whether this is a {@link LostConnectionError}, or an ORM's error around one. */
export const isLostConnection = (error: unknown): boolean =>
  findComebackError(error, LostConnectionError) !== undefined

/** Whether this is a {@link LostTransactionError}, or an ORM's error around one. */
export const isLostTransaction = (error: unknown): boolean =>
  findComebackError(error, LostTransactionError) !== undefined

/** Whether this is an {@link OutcomeUnknownError}, or an ORM's error around one. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  findComebackError(error, OutcomeUnknownError) !== undefined

/** Whether this is a {@link DatabaseUnavailableError}, or an ORM's error around one. */
export const isDatabaseUnavailable = (error: unknown): boolean =>
  findComebackError(error, DatabaseUnavailableError) !== undefined

/** Whether this is a {@link SharedConnectionError}, or an ORM's error around one. */
export const isSharedConnection = (error: unknown): boolean =>
  findComebackError(error, SharedConnectionError) !== undefined

/** Whether this is a {@link PacketTooLargeError}, or an ORM's error around one. */
export const isPacketTooLarge = (error: unknown): boolean =>
  findComebackError(error, PacketTooLargeError) !== undefined

/** Whether this is a {@link PoisonQueryError}, or an ORM's error around one. */
export const isPoisonQuery = (error: unknown): boolean =>
  findComebackError(error, PoisonQueryError) !== undefined

/** Whether this is a {@link SessionLostError}, or an ORM's error around one. */
export const isSessionLost = (error: unknown): boolean =>
  findComebackError(error, SessionLostError) !== undefined

/** Whether this is a {@link ComebackConfigError}. */
export const isComebackConfigError = (error: unknown): boolean =>
  findComebackError(error, ComebackConfigError) !== undefined
