import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClassificationContext } from './classification-context.js'
import { classify } from './classify.js'
import { errorFacts } from './error-facts.js'
import { rules } from './rules.js'
import { provesNotExecuted } from './unsent.js'
import type { ErrorFacts, Evidence, ServerFlavour } from './verdict.js'

const evidences: readonly Evidence[] = [
  'refused',
  'queued-never-sent',
  'dead-before-send',
  'write-failed',
  'lost-in-prepare',
  'no-answer',
  'partial-answer',
  'answered',
]
const flavours: readonly ServerFlavour[] = ['mysql', 'mariadb', 'unknown']

const knownCodes = [...new Set(rules.flatMap(({ match }) => match.code ?? []))]
const knownNumbers = [...new Set(rules.flatMap(({ match }) => match.errno ?? []))]
const knownTexts = [
  "Can't add new command when connection is in closed state",
  'Pool is closed.',
  'MySQL server has gone away',
  'The client was disconnected by the server because of inactivity.',
  'WSREP has not yet prepared node for application use',
  'The MySQL server is running with the --read-only option so it cannot execute this statement',
]

const facts: fc.Arbitrary<ErrorFacts> = fc.record(
  {
    code: fc.oneof(fc.constantFrom(...knownCodes), fc.string()),
    errno: fc.oneof(fc.constantFrom(...knownNumbers), fc.integer()),
    sqlState: fc.string({ maxLength: 5 }),
    syscall: fc.constantFrom('connect', 'getaddrinfo', 'read', 'write', 'open'),
    message: fc.oneof(fc.constantFrom(...knownTexts), fc.string()),
  },
  { requiredKeys: ['message'] },
)

const context: fc.Arbitrary<ClassificationContext> = fc.record(
  {
    evidence: fc.constantFrom(...evidences),
    flavour: fc.constantFrom(...flavours),
    phase: fc.constantFrom('connect' as const, 'command' as const),
    requestBytes: fc.nat(),
    maxAllowedPacket: fc.nat(),
    readOnlyTransaction: fc.boolean(),
    compound: fc.boolean(),
    ended: fc.boolean(),
  },
  { requiredKeys: ['evidence', 'flavour', 'phase'] },
)

const runs = { numRuns: 5_000 }

/** Numbers by which the server itself proves that it did not run a statement on a link that it then closes. */
const provenByServer = new Set([4031, 1153])

const isProvenByServer = (error: ErrorFacts, given: ClassificationContext): boolean => {
  if (error.errno !== undefined && provenByServer.has(error.errno)) return true
  if (['ER_CLIENT_INTERACTION_TIMEOUT', 'ER_NET_PACKET_TOO_LARGE'].includes(error.code ?? '')) return true
  return (given.requestBytes ?? 0) > (given.maxAllowedPacket ?? Number.POSITIVE_INFINITY)
}

describe('for any error at all', () => {
  it('classification gives a verdict with the evidence that it was given', () => {
    fc.assert(
      fc.property(fc.anything(), context, (thrown, given) => {
        const verdict = classify(errorFacts(thrown), given)
        expect(verdict.evidence).toBe(given.evidence)
        expect(rules.map(({ id }) => id)).toContain(verdict.rule)
      }),
      { numRuns: 2_000 },
    )
  })

  it('a statement whose answer was lost with its link is never called unexecuted, unless the server says so', () => {
    fc.assert(
      fc.property(facts, context, (error, given) => {
        fc.pre(given.phase === 'command' && ['no-answer', 'partial-answer'].includes(given.evidence))
        const verdict = classify(error, given)
        if (verdict.link !== 'lost' || isProvenByServer(error, given)) return
        expect(verdict.executed).toBe('unknown')
        expect(verdict.transaction).toBe('unknown')
      }),
      runs,
    )
  })

  it('a statement that was proven not to have reached the server is never called executed or unknown', () => {
    fc.assert(
      fc.property(facts, context, (error, given) => {
        if (given.phase === 'command' && !provesNotExecuted(given.evidence)) return
        expect(classify(error, given).executed).toBe('no')
      }),
      runs,
    )
  })

  it('an answer to a compound proves of no part of it that it did not run, while the link lives', () => {
    fc.assert(
      fc.property(facts, context, (error, given) => {
        const compound = {
          ...given,
          phase: 'command' as const,
          evidence: 'answered' as const,
          compound: true,
        }
        const verdict = classify(error, compound)
        if (verdict.link !== 'lost') expect(verdict.executed).toBe('unknown')
      }),
      runs,
    )
  })

  it('a link that could not be opened is lost, and nothing is said about a transaction', () => {
    fc.assert(
      fc.property(facts, context, (error, given) => {
        const verdict = classify(error, { ...given, phase: 'connect' })
        expect(verdict.link).toBe('lost')
        expect(verdict.transaction).toBe('unknown')
      }),
      runs,
    )
  })

  it('what is of our own doing, refused for good or too large is never tried again', () => {
    const final = [
      'application',
      'access-refused',
      'packet-too-large',
      'statement-stopped',
      'conflict',
      'deadline',
      'unrelated',
    ]
    fc.assert(
      fc.property(facts, context, (error, given) => {
        const { kind, retryable } = classify(error, given)
        if (final.includes(kind)) expect(retryable).toBe(false)
      }),
      runs,
    )
  })

  it('the 4031 of MariaDB is no loss', () => {
    fc.assert(
      fc.property(facts, context, (error, given) => {
        fc.pre(
          given.phase === 'command' && ['answered', 'no-answer', 'partial-answer'].includes(given.evidence),
        )
        const small = { ...given, flavour: 'mariadb' as const, requestBytes: 0, compound: false }
        const verdict = classify({ ...error, errno: 4031, code: 'ER_CLIENT_INTERACTION_TIMEOUT' }, small)
        expect(verdict).toMatchObject({
          kind: 'unrelated',
          link: 'usable',
          executed: 'no',
          transaction: 'kept',
        })
      }),
      runs,
    )
  })

  it('an answer that no rule knows is an ordinary error', () => {
    fc.assert(
      fc.property(fc.string(), context, (message, given) => {
        const verdict = classify(
          { message: `${message}?` },
          { ...given, evidence: 'answered', phase: 'command', compound: false },
        )
        expect(verdict).toMatchObject({ kind: 'unrelated', link: 'usable', executed: 'no', retryable: false })
      }),
      runs,
    )
  })
})
