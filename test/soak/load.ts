import { runTask } from '../sweep/observe.js'
import type { Task } from '../sweep/tasks.js'
import { excuseOf } from './excuse.js'
import type { Ledger } from './ledger.js'
import type { RoundPlan } from './plan.js'
import { patienceMs, type Side } from './side.js'
import { type PlannedTask, taskOf } from './work.js'

/** A task that lies ahead of a worker. */
export interface Ahead {
  readonly planned: PlannedTask
  readonly task: Task
}

/** The tasks of a round, by stack and worker. No marker is a part of another's. */
export function tasksAhead({ work, round }: RoundPlan, stack: string): readonly (readonly Ahead[])[] {
  return (work[stack] ?? []).map((tasks, worker) =>
    tasks.map((planned, index) => ({
      planned,
      task: taskOf(planned, `r${round}${stack}w${worker}t${index}x`),
    })),
  )
}

export interface Clock {
  /** Milliseconds since the soak began. */
  now(): number
}

/** Lets the workers of a stack do what lies ahead of them until the time is over; settles when each has ended its last task. */
export async function putUnderLoad(
  side: Side,
  ahead: readonly (readonly Ahead[])[],
  untilMs: number,
  ledger: Ledger,
  clock: Clock,
): Promise<void> {
  const work = async (tasks: readonly Ahead[]): Promise<void> => {
    for (const { planned, task } of tasks) {
      await new Promise(resolve => setTimeout(resolve, planned.thinkMs))
      const beganAtMs = clock.now()
      if (beganAtMs >= untilMs) return
      const ran = await runTask(side.client, task, side.proxy.journal, patienceMs)
      const excuse = excuseOf(ran, task, side)
      const unanswered = ran.unanswered || excuse !== undefined
      ledger.add({ stack: side.name, planned, task, beganAtMs, excuse, ran: { ...ran, unanswered } })
    }
  }
  await Promise.all(ahead.map(work))
}
