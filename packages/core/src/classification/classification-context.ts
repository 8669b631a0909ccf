import type { LinkPhase } from './rule.js'
import type { Evidence, ServerFlavour } from './verdict.js'

/** What is known besides the error itself. */
export interface ClassificationContext {
  /** What the port has seen happen to the statement. Where it is proof, it outranks the error. */
  readonly evidence: Evidence
  /** Which server has spoken; `unknown` before its greeting. */
  readonly flavour: ServerFlavour
  /** Whether a link was being opened (until the login and the set-up of the session are done) or a statement ran. */
  readonly phase: LinkPhase
  /** Size of the request in bytes, before compression. */
  readonly requestBytes?: number
  /** `@@max_allowed_packet` in bytes, as it is in force on this link. */
  readonly maxAllowedPacket?: number
  /** Several statements in one packet, or a routine: an error speaks of the part that failed, not of those before it. */
  readonly compound?: boolean
  /** Whether the application itself has asked for a READ ONLY transaction; leave it out where that is not known. */
  readonly readOnlyTransaction?: boolean
  /** The application itself had ended the session, so that a refusal is its own doing. */
  readonly ended?: boolean
}
