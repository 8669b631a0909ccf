import { ComebackError, LostTransactionError } from '@comeback/core'
import { endsLink } from './loss-numbers.js'
import type { ErrorSeen, Reported } from './observation.js'

interface Fields {
  readonly code?: unknown
  readonly errno?: unknown
  readonly sqlState?: unknown
  readonly parent?: unknown
  readonly driverError?: unknown
}

/** The driver's error within an ORM's own. */
function driversOf(error: unknown): Fields {
  const fields = (error ?? {}) as Fields
  return (fields.driverError ?? fields.parent ?? fields) as Fields
}

/** What there is to be seen of an error that an application caught. */
export function errorSeen(error: unknown, own: Error | undefined): ErrorSeen {
  const { code, errno, sqlState } = driversOf(error)
  const number = typeof errno === 'number' ? errno : undefined
  const isServers =
    number !== undefined && number >= 1_000 && typeof sqlState === 'string' && !endsLink(number)
  const ours = error instanceof ComebackError
  const seen = {
    name: error instanceof Error ? error.constructor.name : typeof error,
    message: error instanceof Error ? error.message.slice(0, 160) : String(error).slice(0, 160),
    code: typeof code === 'string' ? code : undefined,
    errno: number,
    ours,
    own: own !== undefined && error === own,
    servers: isServers && !ours,
  }
  return { ...seen, reported: reportedBy(error, seen) }
}

/** What it says became of the work. A server that refuses a statement has undone it; and a transaction with it, once rolled back. */
function reportedBy(error: unknown, { own, servers }: Pick<ErrorSeen, 'own' | 'servers'>): Reported {
  if (own || servers) return 'no'
  if (error instanceof LostTransactionError) {
    return error.outcome === 'rolled-back' ? 'no' : error.outcome === 'committed' ? 'yes' : 'unknown'
  }
  return error instanceof ComebackError ? (error.executed ?? 'no') : 'unknown'
}
