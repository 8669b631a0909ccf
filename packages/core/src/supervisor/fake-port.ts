import type { Verdict, VerdictKind } from '../classification/verdict.js'
import type { EventFields, EventType } from '../events/event-types.js'
import { createFakeClock, type FakeClock } from '../liveness/fake-clock.js'
import type { Policy } from '../policy/policy.js'
import { resolvePolicy } from '../policy/resolve-policy.js'
import type { OpenRequest } from './link-port.js'
import { Supervisor } from './supervisor.js'

/** A link that leads nowhere. */
export interface Link {
  readonly id: number
  closed: boolean
}

/** What becomes of an attempt: after so many milliseconds it succeeds or fails, or nothing is ever heard of it. */
export type Answer = { readonly afterMs: number; readonly error?: Error } | 'silence'

/** One attempt that the port was asked for. */
export interface RecordedAttempt {
  readonly at: number
  readonly timeoutMs: number
  readonly context: unknown
  /** What the supervisor's state was, and how many other attempts were under way. */
  readonly state: string
  readonly besides: number
  aborted: boolean
}

/** One caller and what came of it. */
export interface RecordedCaller {
  link?: Link
  error?: unknown
  settledAt?: number
}

/** Everything that a test of the supervisor looks at. */
export interface Rig {
  readonly supervisor: Supervisor<Link>
  readonly clock: FakeClock
  /** Links that were opened. */
  readonly links: readonly Link[]
  readonly attempts: readonly RecordedAttempt[]
  /** Attempts under way now, and the most at any time. */
  readonly inFlight: number
  readonly mostInFlight: number
  /** The fields of all events of a type. */
  of(type: EventType): readonly object[]
  /** Says what becomes of attempts from now on, by their number from 1. */
  answers(by: (attempt: number) => Answer): void
  /** Asks for a link and records what comes of it. */
  ask(request?: OpenRequest): RecordedCaller
}

/** An error as drivers make them. */
export const failure = (code: string, syscall = 'connect'): Error =>
  Object.assign(new Error(code), { code, syscall })

/** Nobody listens. */
export const refused: Answer = { afterMs: 1, error: failure('ECONNREFUSED') }
/** The server has no room. */
export const overloaded: Answer = { afterMs: 1, error: failure('ER_CON_COUNT_ERROR') }

const kinds: Readonly<Record<string, VerdictKind>> = {
  ECONNREFUSED: 'unreachable',
  ETIMEDOUT: 'unreachable',
  ER_CON_COUNT_ERROR: 'overloaded',
  ER_ACCESS_DENIED_ERROR: 'access-refused',
}

/** Verdicts by code; an unknown code is not retryable. */
export const classifyConnectError = (error: unknown): Verdict => {
  const kind = kinds[(error as { code: string }).code] ?? 'unrelated'
  return {
    kind,
    executed: 'no',
    link: 'lost',
    transaction: 'kept',
    evidence: 'refused',
    retryable: kind !== 'access-refused' && kind !== 'unrelated',
    rule: `test.${kind}`,
  }
}

/** A supervisor over a port that does as it is told, on a clock that stands still. */
export const rig = (policy: Policy = {}, options: { readonly maxConcurrentConnects?: number } = {}): Rig => {
  const clock = createFakeClock()
  const published: { readonly type: EventType; readonly fields: object }[] = []
  const links: Link[] = []
  const attempts: RecordedAttempt[] = []
  let answer: (attempt: number) => Answer = () => ({ afterMs: 1 })
  let inFlight = 0
  let mostInFlight = 0

  const openLink = (signal: AbortSignal, timeoutMs: number, context: unknown): Promise<Link> => {
    const { state } = supervisor
    const attempt = { at: clock.now(), timeoutMs, context, state, besides: inFlight, aborted: false }
    attempts.push(attempt)
    inFlight++
    mostInFlight = Math.max(mostInFlight, inFlight)
    const told = answer(attempts.length)
    return new Promise((resolve, reject) => {
      let isOver = false
      const over = (): boolean => {
        if (isOver) return false
        isOver = true
        inFlight--
        return true
      }
      signal.addEventListener('abort', () => {
        attempt.aborted = true
        clock.clearTimeout(timer)
        if (over()) reject(signal.reason)
      })
      const timer =
        told === 'silence'
          ? undefined
          : clock.setTimeout(() => {
              if (!over()) return
              if (told.error !== undefined) reject(told.error)
              else {
                const link = { id: links.length + 1, closed: false }
                links.push(link)
                resolve(link)
              }
            }, told.afterMs)
    })
  }

  const supervisor = new Supervisor<Link>({
    policy: resolvePolicy(policy),
    port: {
      openLink,
      closeLink: link => {
        link.closed = true
      },
      classifyConnectError,
    },
    clock,
    random: () => 0.5,
    events: {
      wanted: () => true,
      publish: <T extends EventType>(type: T, fields: EventFields[T]) => {
        published.push({ type, fields })
      },
    },
    ...options,
  })

  return {
    supervisor,
    clock,
    links,
    attempts,
    get inFlight() {
      return inFlight
    },
    get mostInFlight() {
      return mostInFlight
    },
    of: type => published.filter(event => event.type === type).map(event => event.fields),
    answers: by => {
      answer = by
    },
    ask: request => {
      const caller: RecordedCaller = {}
      supervisor.open(request).then(
        link => Object.assign(caller, { link, settledAt: clock.now() }),
        (error: unknown) => Object.assign(caller, { error, settledAt: clock.now() }),
      )
      return caller
    },
  }
}

/** As many callers at once. */
export const askMany = (
  count: number,
  ask: (request?: OpenRequest) => RecordedCaller,
  request?: OpenRequest,
): readonly RecordedCaller[] => Array.from({ length: count }, () => ask(request))

/** Callers, attempts and timers that have not ended. */
export const leftOver = ({ supervisor, clock, inFlight }: Rig): number =>
  supervisor.waiting + inFlight + clock.pending
