import {
  classify,
  type ErrorFacts,
  type Evidence,
  errorFacts,
  type ResolvedPolicy,
  type ServerFlavour,
  type StatementFacts,
  type Verdict,
} from '@comeback/core'

/** How Prisma's adapters tell of their driver's errors. */
interface AdapterCause {
  readonly originalCode?: string
  readonly originalMessage?: string
  readonly cause?: unknown
}

/** The mariadb connector's own numbers begin here; those below are the server's. */
const FIRST_OF_CONNECTOR = 45_000

/** "pool timeout": no connection could be had; why not is told in a text only. */
const POOL_TIMEOUT = 45_028

/** How the mariadb connector writes the server's refusal into that text. */
const REFUSAL = /\(conn:-?\d+, no: (?<errno>\d+), SQLState: (?<sqlState>\w{5})\) *(?<text>.*)/s

/** How the system's refusal of a connection is written there. */
const SYSTEM = /^(?<syscall>connect|getaddrinfo) (?<code>E[A-Z_]+)/

/** "Connection timeout", the connector's own number. */
const CONNECT_TIMEOUT = 45_012

/** What made the pool wait until its time was over: the server's own refusal of the login, or nobody being there. */
export type Refusal = Error &
  Readonly<Partial<Record<'code' | 'syscall' | 'sqlState' | 'sqlMessage', string>>> & {
    readonly errno?: number
  }

function causeOf(error: unknown): AdapterCause | undefined {
  const { name, cause } = error as { name?: unknown; cause?: unknown }
  return name === 'DriverAdapterError' && typeof cause === 'object' && cause !== null ? cause : undefined
}

/** What classification reads, out of an error of an adapter that is not ours. */
export function givenFacts(error: unknown): ErrorFacts {
  const cause = causeOf(error)
  const errno = Number(cause?.originalCode)
  if (cause === undefined || !Number.isInteger(errno)) return errorFacts(error)
  return { errno, message: cause.originalMessage ?? '' }
}

/** Why the pool had no connection to give, where it tells. */
export function refusalOf(error: unknown): Refusal | undefined {
  const cause = causeOf(error)
  if (Number(cause?.originalCode) !== POOL_TIMEOUT || typeof cause?.cause !== 'string') return undefined
  const { errno, sqlState, text = '' } = REFUSAL.exec(cause.cause)?.groups ?? {}
  const refusal = (fields: object): Refusal =>
    Object.assign(new Error(cause.cause as string, { cause: error }), fields)
  if (Number(errno) === CONNECT_TIMEOUT) return refusal({ code: 'ETIMEDOUT', syscall: 'connect' })
  if (Number(errno) < FIRST_OF_CONNECTOR) return refusal({ errno: Number(errno), sqlState, sqlMessage: text })
  const system = SYSTEM.exec(cause.cause)?.groups
  return system === undefined ? undefined : refusal({ ...system })
}

/**
 * What an adapter's error alone says of the statement. Less than a link would know: what is not told to be unsent counts as sent.
 * One statement is under way on a connection of a pool, so a write that the kernel refused is the statement's own.
 */
function evidenceOf({ errno, code, syscall }: ErrorFacts, isAlone: boolean): Evidence {
  if (errno === POOL_TIMEOUT) return 'queued-never-sent'
  if (errno === 45_013 || code === 'ER_CMD_CONNECTION_CLOSED') return 'dead-before-send'
  if (syscall === 'write') return isAlone ? 'write-failed' : 'no-answer'
  if (syscall === 'connect' || syscall === 'getaddrinfo') return 'refused'
  return errno !== undefined && errno > 0 && errno < FIRST_OF_CONNECTOR ? 'answered' : 'no-answer'
}

/**
 * What an error of an adapter that is not ours proves.
 *
 * @param context - whether nothing else was under way on the connection, and which server it is.
 */
export function givenVerdict(
  error: unknown,
  facts: StatementFacts,
  { classify: own }: Pick<ResolvedPolicy, 'classify'>,
  { isAlone, flavour }: { readonly isAlone: boolean; readonly flavour: ServerFlavour },
): Verdict {
  const refusal = refusalOf(error)
  const found = refusal === undefined ? givenFacts(error) : errorFacts(refusal)
  const evidence = refusal === undefined ? evidenceOf(found, isAlone) : 'refused'
  const builtIn = (given: ErrorFacts): Verdict =>
    classify(given, {
      evidence,
      flavour,
      phase: refusal === undefined ? 'command' : 'connect',
      compound: facts.multiple || facts.opaque,
    })
  return own === undefined ? builtIn(found) : own(found, builtIn)
}
