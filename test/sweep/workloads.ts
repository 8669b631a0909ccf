import type { Stack } from '../contract/stack.js'
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
} from './tasks.js'

/** What an application does at a point, all of it at once. */
export interface Workload {
  readonly name: string
  /** Connections that its pool may have. */
  readonly slots: number
  readonly tasks: readonly TaskMaker[]
  /** Whether a stack can do it. Default: it can. */
  isPossible?(stack: Stack): boolean
}

const alone = (name: string, task: TaskMaker): Workload => ({ name, slots: 1, tasks: [task] })

export const workloads: readonly Workload[] = [
  alone('read', read),
  alone('insert', insert),
  alone('upsert', upsert),
  { ...alone('prepared', preparedWrite), isPossible: stack => stack.prepares },
  alone('transaction', transaction),
  alone('transfer', transfer),
  alone('nested', nested),
  { ...alone('own-error', ownError), isPossible: stack => stack.interactive !== false },
  alone('batch', batch),
  alone('stream', stream),
  { name: 'pool-1', slots: 1, tasks: [insert, read, transaction, upsert, read, insert] },
  {
    name: 'pool-8',
    slots: 8,
    tasks: [insert, transaction, read, upsert, transfer, read, nested, insert].flatMap(task => [task, task]),
  },
]

/** @throws RangeError if there is no such workload. */
export function workloadOf(name: string): Workload {
  const found = workloads.find(workload => workload.name === name)
  if (found) return found
  const choices = workloads.map(workload => workload.name).join(', ')
  throw new RangeError(`There is no workload '${name}'; choices: ${choices}`)
}

/** Its tasks, each with a marker that is no part of another's. */
export const tasksOf = (workload: Workload, mark: string): readonly Task[] =>
  workload.tasks.map((make, index) => make(`${mark}t${index}x`))
