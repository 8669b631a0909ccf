export { annotate, currentAnnotation } from './annotation/annotate.js'
export type { Annotation } from './annotation/annotation.js'
export { annotationFrom } from './annotation/annotation-from.js'
export { annotationFromComment } from './annotation/annotation-from-comment.js'
export { mergeAnnotations } from './annotation/merge-annotations.js'
export { againIfStopped } from './classification/again-if-stopped.js'
export type { ClassificationContext } from './classification/classification-context.js'
export { classify } from './classification/classify.js'
export { errorFacts } from './classification/error-facts.js'
export type { LinkPhase } from './classification/rule.js'
export { wasHandedOver } from './classification/unsent.js'
export type { ErrorFacts, Evidence, ServerFlavour, Verdict, VerdictKind } from './classification/verdict.js'
export { decide } from './decision/decide.js'
export type { Decision, DecisionInput, DecisionPolicy, FailureKind } from './decision/decision.js'
export { brandAs } from './errors/brand-as.js'
export { ComebackConfigError, type ComebackConfigErrorOptions } from './errors/comeback-config-error.js'
export {
  ComebackError,
  type ComebackErrorDetails,
  type ComebackErrorOptions,
  type ErrorEvent,
} from './errors/comeback-error.js'
export {
  DatabaseUnavailableError,
  type DatabaseUnavailableErrorOptions,
  type UnavailableReason,
} from './errors/database-unavailable-error.js'
export { type FailureDetails, failureError, type RequestSize } from './errors/failure-error.js'
export { type ErrorClass, findComebackError } from './errors/find-comeback-error.js'
export {
  isComebackConfigError,
  isComebackError,
  isDatabaseUnavailable,
  isLostConnection,
  isLostTransaction,
  isOutcomeUnknown,
  isPacketTooLarge,
  isPoisonQuery,
  isSessionLost,
  isSharedConnection,
} from './errors/guards.js'
export type { LossOptions, LossReason } from './errors/loss.js'
export { LostConnectionError, type LostConnectionErrorOptions } from './errors/lost-connection-error.js'
export {
  LostTransactionError,
  type LostTransactionErrorOptions,
  type TransactionOutcome,
  type TransactionPhase,
} from './errors/lost-transaction-error.js'
export { OutcomeUnknownError, type OutcomeUnknownErrorOptions } from './errors/outcome-unknown-error.js'
export { PacketTooLargeError, type PacketTooLargeErrorOptions } from './errors/packet-too-large-error.js'
export { PoisonQueryError, type PoisonQueryErrorOptions } from './errors/poison-query-error.js'
export { SessionLostError, type SessionLostErrorOptions } from './errors/session-lost-error.js'
export {
  SharedConnectionError,
  type SharedConnectionErrorOptions,
  type SharingConflict,
} from './errors/shared-connection-error.js'
export { createEventRing, type EventRing } from './events/event-ring.js'
export type { ComebackEvent, EventFields, EventType, SuspicionReason } from './events/event-types.js'
export { createEvents, type Events, type EventsOptions } from './events/events.js'
export { followFlows, outsideFlows } from './flow/flow-context.js'
export { processWide } from './flow/process-wide.js'
export { type Clock, systemClock, type TimerHandle } from './liveness/clock.js'
export { type KeepAliveQuestion, keepAliveEveryMs } from './liveness/keep-alive.js'
export { drawLifetimeMs } from './liveness/lifetime.js'
export { needsPing, type PingQuestion } from './liveness/needs-ping.js'
export { peek, peekThen } from './liveness/peek.js'
export { asTransactionFlow } from './ownership/ownership-token.js'
export { foreignUse, type ProcessStamp, processStamp } from './ownership/process-stamp.js'
export {
  type OwnershipRelation,
  type OwnershipViolation,
  TransactionOwner,
} from './ownership/transaction-owner.js'
export type { ComebackLogger, Policy } from './policy/policy.js'
export { refuseOption, typeOf } from './policy/refuse.js'
export { resolvePolicy } from './policy/resolve-policy.js'
export type {
  BackoffPolicy,
  BreakerPolicy,
  BudgetPolicy,
  OutagePolicy,
  PrePingPolicy,
  ResolvedPolicy,
} from './policy/resolved-policy.js'
export type { SessionChange } from './session/session-change.js'
export type { SessionSnapshot, TransactionState } from './session/session-snapshot.js'
export { SessionTracker } from './session/session-tracker.js'
export { statementFacts } from './statement/cached-facts.js'
export { leavesNothing } from './statement/leaves-nothing.js'
export type { QuotingModes } from './statement/reading.js'
export { statementDigest } from './statement/statement-digest.js'
export type {
  BaggageKind,
  RestorableChange,
  StatementFacts,
  StatementKind,
  TransactionVerb,
} from './statement/statement-facts.js'
export { backoffMs } from './supervisor/backoff.js'
export type { LinkPort, OpenRequest } from './supervisor/link-port.js'
export type { PoisonGuard, PoisonGuardOptions } from './supervisor/poison-guard.js'
export type { RetryBudget } from './supervisor/retry-budget.js'
export type { ServerComparison, ServerIdentity } from './supervisor/server-identity.js'
export { Supervisor, type SupervisorOptions } from './supervisor/supervisor.js'
export type { Sweep, SweepOptions, SweepTarget } from './supervisor/sweep.js'
