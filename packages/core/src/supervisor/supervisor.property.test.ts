import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, failure, overloaded, type RecordedCaller, refused, rig } from './fake-port.js'

const maxWaitMs = 500
const maxWaiting = 8
const maxConcurrentConnects = 4

const answers: readonly Answer[] = [
  { afterMs: 1 },
  { afterMs: 30 },
  { afterMs: 120 },
  refused,
  { afterMs: 60, error: failure('ECONNREFUSED') },
  overloaded,
  { afterMs: 1, error: failure('ER_ACCESS_DENIED_ERROR') },
  { afterMs: 1, error: failure('ER_NOT_OURS') },
  'silence',
]

type Step =
  | {
      readonly do: 'ask'
      readonly remainingMs?: number | undefined
      readonly lost: boolean
      readonly context: number
    }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'answer'; readonly answer: Answer }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('ask' as const),
        remainingMs: fc.option(fc.integer({ min: 1, max: 800 }), { nil: undefined }),
        lost: fc.boolean(),
        context: fc.integer({ min: 0, max: 2 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(50) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(150) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('answer' as const), answer: fc.constantFrom(...answers) }),
    },
  ),
  { maxLength: 60 },
)

interface Asked extends RecordedCaller {
  readonly deadlineAt: number
  readonly abort: AbortController
  readonly context: number
}

const run = async (script: readonly Step[], breaker: boolean) => {
  const bench = rig(
    {
      outage: {
        maxWaitMs,
        maxWaiting,
        connectTimeoutMs: 150,
        breaker: breaker ? { failures: 3, resetAfterMs: 100 } : false,
      },
    },
    { maxConcurrentConnects },
  )
  const callers: Asked[] = []
  for (const step of script) {
    if (step.do === 'ask') {
      const abort = new AbortController()
      const { state, waiting } = bench.supervisor
      const deadlineAt = bench.clock.now() + Math.min(maxWaitMs, step.remainingMs ?? maxWaitMs)
      const caller = bench.ask({
        remainingMs: step.remainingMs,
        context: step.context,
        signal: abort.signal,
        ...(step.lost ? { firstError: failure('ECONNRESET', 'read') } : {}),
      })
      if (state === 'outage') {
        const seats = maxWaiting + maxConcurrentConnects
        expect(bench.supervisor.waiting).toBeLessThanOrEqual(Math.max(waiting, seats))
      }
      callers.push(Object.assign(caller, { deadlineAt, abort, context: step.context }))
    } else if (step.do === 'abort') callers[step.which]?.abort.abort()
    else if (step.do === 'wait') await bench.clock.advance(step.ms)
    else bench.answers(() => step.answer)
  }
  await bench.clock.advance(maxWaitMs)
  return { ...bench, callers, inFlight: bench.inFlight, mostInFlight: bench.mostInFlight }
}

const cases = fc.tuple(steps, fc.boolean())

describe('whatever the database answers and whenever callers come and go', () => {
  it('no attempt is started beside another one during an outage, and never more than allowed at all', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([script, breaker]) => {
        const { attempts, mostInFlight } = await run(script, breaker)
        for (const attempt of attempts) if (attempt.state === 'outage') expect(attempt.besides).toBe(0)
        expect(mostInFlight).toBeLessThanOrEqual(maxConcurrentConnects)
      }),
      { numRuns: 150 },
    )
  })

  it('every caller settles once, by its deadline', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([script, breaker]) => {
        const { callers } = await run(script, breaker)
        for (const { settledAt, deadlineAt, link, error } of callers) {
          expect(settledAt).toBeLessThanOrEqual(deadlineAt)
          expect([link, error].filter(result => result !== undefined)).toHaveLength(1)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('every link has one owner or is closed, and no timer, attempt or caller is left', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([script, breaker]) => {
        const { callers, links, supervisor, clock, inFlight, attempts } = await run(script, breaker)
        const owned = callers.flatMap(({ link }) => (link === undefined ? [] : [link]))
        expect(new Set(owned).size).toBe(owned.length)
        for (const link of links) expect(link.closed).toBe(!owned.includes(link))
        expect(supervisor.waiting).toBe(0)
        expect(inFlight).toBe(0)
        expect(clock.pending).toBe(0)
        expect(attempts.every(attempt => attempt.timeoutMs > 0 && attempt.timeoutMs <= 150)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('a database that is back serves the next caller', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([script, breaker]) => {
        const { answers: say, ask, clock } = await run(script, breaker)
        say(() => ({ afterMs: 1 }))
        await clock.advance(1_000)
        const caller = ask()
        await clock.advance(5)
        expect(caller.link).toBeDefined()
      }),
      { numRuns: 100 },
    )
  })
})
