import type { Journal } from '@comeback/chaos'
import type { ContractClient } from '../contract/stack.js'
import { errorSeen } from './errors-seen.js'
import type { TaskSeen } from './observation.js'
import { patienceMs as usualPatienceMs } from './policy.js'
import type { Task } from './tasks.js'
import { isUnanswered } from './wire.js'
import { late, within } from './within.js'

const statementsAfter = 20

export type Ran = Omit<TaskSeen, 'executions'>

/** Does one thing and sees how it ends. */
export async function runTask(
  client: ContractClient,
  task: Task,
  journal: Journal,
  patienceMs: number = usualPatienceMs,
): Promise<Ran> {
  const startedAt = performance.now()
  const end = (
    settled: TaskSeen['settled'],
    facts: Partial<Pick<Ran, 'wrongAnswer' | 'error' | 'threw'>> = {},
  ): Ran => ({
    name: task.name,
    settled,
    elapsedMs: Math.round(performance.now() - startedAt),
    wrongAnswer: undefined,
    error: undefined,
    threw: false,
    // As it is now: an answer that comes when the client has given up comes too late.
    unanswered: isUnanswered(journal, task),
    ...facts,
  })
  try {
    const answer = await within(patienceMs, task.run(client))
    if (answer === late) return end('pending')
    const wrongAnswer = task.own ? 'the error of the application was swallowed' : task.check?.(answer)
    return end('resolved', { wrongAnswer })
  } catch (caught) {
    return end('rejected', { error: errorSeen(caught, task.own?.error), threw: task.own?.thrown === true })
  }
}

/**
 * Waits until the client has told whoever waited in vain that there was no server: some pools tell the next who comes. Then all must
 * be well again.
 */
export async function afterOutage(client: ContractClient, marker: string): Promise<void> {
  const giveUpAt = performance.now() + usualPatienceMs / 2
  while (performance.now() < giveUpAt) {
    const end = await within(usualPatienceMs, client.read(marker)).catch(() => late)
    if (end !== late) return
  }
}

/** Statements that must all succeed, now that the fault is over: what became of those that did not. */
export async function failuresAfter(client: ContractClient, marker: string): Promise<readonly string[]> {
  const one = async (): Promise<string | undefined> => {
    try {
      const rows = await within(usualPatienceMs, client.read(marker))
      if (rows === late) return 'pending'
      return Array.isArray(rows) ? undefined : 'no rows'
    } catch (error) {
      const { name, message } = error as Error
      return `${name}: ${message.slice(0, 160)}`
    }
  }
  const ends = await Promise.all(Array.from({ length: statementsAfter }, one))
  return ends.filter(end => end !== undefined)
}
