import {
  batch,
  insert,
  nested,
  ownError,
  preparedWrite,
  read,
  stream,
  type Task,
  type TaskMaker,
  transaction,
  transfer,
  upsert,
} from '../sweep/tasks.js'
import { banks, exchange } from './bank.js'
import type { Random } from './random.js'

type Kind =
  | 'read'
  | 'insert'
  | 'upsert'
  | 'prepared'
  | 'transaction'
  | 'transfer'
  | 'exchange'
  | 'nested'
  | 'own error'
  | 'batch'
  | 'stream'

const makers: Readonly<Record<Exclude<Kind, 'exchange'>, TaskMaker>> = {
  read,
  insert,
  upsert,
  prepared: preparedWrite,
  transaction,
  transfer,
  nested,
  'own error': ownError,
  batch,
  stream,
}

/** How often each is done, beside the others. */
const weights: Readonly<Record<Kind, number>> = {
  read: 6,
  insert: 5,
  upsert: 3,
  prepared: 2,
  transaction: 4,
  transfer: 3,
  exchange: 5,
  nested: 2,
  'own error': 2,
  batch: 0.6,
  stream: 0.3,
}

/** One thing for a worker to do. */
export interface PlannedTask {
  readonly kind: Kind
  /** What a worker waits before it. */
  readonly thinkMs: number
  /** Of an exchange: from which shared account to which, and how much. */
  readonly from: number
  readonly to: number
  readonly amount: number
}

export function planTask(random: Random, prepares: boolean): PlannedTask {
  const kind = random.weighted(prepares ? weights : { ...weights, prepared: 0 })
  const from = random.whole(0, banks - 1)
  const to = (from + random.whole(1, banks - 1)) % banks
  return { kind, thinkMs: random.whole(20, 160), from, to, amount: random.whole(1, 50) }
}

export function taskOf(planned: PlannedTask, marker: string): Task {
  return planned.kind === 'exchange' ? exchange(marker, planned) : makers[planned.kind](marker)
}
