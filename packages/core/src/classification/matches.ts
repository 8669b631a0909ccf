import type { ClassificationContext } from './classification-context.js'
import type { LinkPhase, Match } from './rule.js'
import type { ErrorFacts } from './verdict.js'

/** Rules about words look at the end of a message only: ORMs put megabytes of SQL in front of it. */
const longestText = 600

/** Smaller numbers are those of other interfaces, such as the 20 of an aborted signal. */
const lowestServerNumber = 1000

/** Numbers that no server makes itself: those of the C client libraries, and those of the mariadb connector. */
const clientNumbers = [
  { from: 2000, to: 2999 },
  { from: 45_000, to: 45_999 },
] as const

/** The number of an error packet that a server made. */
const serverNumberOf = ({ errno }: ErrorFacts): number | undefined => {
  if (errno === undefined || errno < lowestServerNumber) return undefined
  return clientNumbers.some(({ from, to }) => errno >= from && errno <= to) ? undefined : errno
}

/** A link that is being opened anew under a statement is being opened all the same. */
export const phaseOf = ({ phase, evidence }: ClassificationContext): LinkPhase =>
  evidence === 'refused' ? 'connect' : phase

const hasCode = (codes: readonly string[], code: string | undefined): boolean =>
  code !== undefined &&
  codes.some(known => (known.endsWith('*') ? code.startsWith(known.slice(0, -1)) : code === known))

/** By number where the error has a positive one, else by code: drivers name numbers after the wrong flavour's list. */
const isNamed = ({ errno, code }: Match, facts: ErrorFacts): boolean => {
  if (errno !== undefined && facts.errno !== undefined && facts.errno > 0) return errno.includes(facts.errno)
  if (code !== undefined) return hasCode(code, facts.code)
  return errno === undefined
}

const hasText = (text: RegExp | undefined, { message }: ErrorFacts): boolean =>
  text === undefined || text.test(message.slice(-longestText).trimEnd())

const isOversized = ({ requestBytes, maxAllowedPacket }: ClassificationContext): boolean =>
  requestBytes !== undefined && maxAllowedPacket !== undefined && requestBytes > maxAllowedPacket

const includes = <T>(list: readonly T[] | undefined, value: T | undefined): boolean =>
  list === undefined || (value !== undefined && list.includes(value))

/** Whether a rule holds for an error. */
export const matches = (match: Match, facts: ErrorFacts, context: ClassificationContext): boolean =>
  includes(match.flavour, context.flavour) &&
  includes(match.phase && [match.phase], phaseOf(context)) &&
  includes(match.evidence, context.evidence) &&
  includes(match.syscall, facts.syscall) &&
  (match.fromServer === undefined || serverNumberOf(facts) !== undefined) &&
  (match.oversized === undefined || isOversized(context)) &&
  (match.ended === undefined || context.ended === true) &&
  (match.notReadOnlyByRequest === undefined || context.readOnlyTransaction === false) &&
  isNamed(match, facts) &&
  hasText(match.text, facts)
