import type { Evidence, ServerFlavour, VerdictKind } from './verdict.js'

/** Whether a link was being opened or a statement was under way. */
export type LinkPhase = 'connect' | 'command'

/** What a rule asks for. Every field that is given must hold; of a list, one entry. */
export interface Match {
  /** The servers on which a number has this meaning. */
  readonly flavour?: readonly ServerFlavour[]
  /** Numbers of the server, of a client library that a proxy imitates, or of a driver. They outrank `code`. */
  readonly errno?: readonly number[]
  /** Symbolic codes; one that ends in `*` stands for all that begin so. */
  readonly code?: readonly string[]
  /** The system call that failed. */
  readonly syscall?: readonly string[]
  /** Matched against the end of the message: what an ORM puts in front of it is the caller's SQL. */
  readonly text?: RegExp
  /** Whether a link was being opened. */
  readonly phase?: LinkPhase
  /** What was seen to happen to the statement. */
  readonly evidence?: readonly Evidence[]
  /** The error is an error packet of the server, whatever its number. */
  readonly fromServer?: true
  /** The request was larger than the server's `max_allowed_packet`. */
  readonly oversized?: true
  /** The application itself had ended the session. */
  readonly ended?: true
  /** The application is known not to have asked for a READ ONLY transaction. */
  readonly notReadOnlyByRequest?: true
}

/**
 * What a rule says. `by-evidence`: `no` and `rolled-back` when the evidence proves that the statement did not run,
 * else `unknown`.
 */
export interface RuleVerdict {
  readonly kind: VerdictKind
  readonly executed: 'no' | 'yes' | 'unknown' | 'by-evidence'
  readonly link: 'usable' | 'lost' | 'wrong-server'
  readonly transaction: 'kept' | 'rolled-back' | 'unknown' | 'by-evidence'
  readonly retryable: boolean
}

/** One row of the classification. */
export interface Rule {
  /** Stable: it is in verdicts, errors and logs. */
  readonly id: string
  readonly match: Match
  readonly verdict: RuleVerdict
  /** What the error means and why it is judged so. */
  readonly note: string
  /** Where that is known from. */
  readonly source: string
}

/** A group of rules: a section of `docs/classification.md`. */
export interface RuleGroup {
  readonly title: string
  readonly intro: string
  readonly rules: readonly Rule[]
}

/** The link is gone; what became of the statement is for the evidence to say. */
export const linkLost: RuleVerdict = {
  kind: 'link-lost',
  executed: 'by-evidence',
  link: 'lost',
  transaction: 'by-evidence',
  retryable: true,
}

/** No link could be opened; it is worth trying again. */
export const unreachable: RuleVerdict = { ...linkLost, kind: 'unreachable' }

/** The statement failed as a whole on a healthy link, and nothing else did. */
export const statementFailed: RuleVerdict = {
  kind: 'unrelated',
  executed: 'no',
  link: 'usable',
  transaction: 'kept',
  retryable: false,
}

/** Login or configuration is refused for good. */
export const accessRefused: RuleVerdict = { ...statementFailed, kind: 'access-refused' }

/** A refusal by code of the client's own, before or instead of sending. */
export const refusedByClient: RuleVerdict = { ...statementFailed, executed: 'by-evidence' }
