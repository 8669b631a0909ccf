import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, Job } from './shard.js'

const shard = fileURLToPath(new URL('shard.ts', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Far beyond what any point takes: the process itself stands still. */
const stuckMs = 60_000

/** What became of a job: its answer, or how the process ended that had it. */
export type Outcome = Answer | { readonly crashed: string }

function hire(): ChildProcess {
  return fork(shard, {
    cwd: root,
    execArgv: ['--conditions=comeback-source', '--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // JSON has no NaN, which says that a part of a transaction is there.
    serialization: 'advanced',
  })
}

function ask(child: ChildProcess, job: Job): Promise<Outcome> {
  return new Promise(resolve => {
    const finish = (outcome: Outcome): void => {
      clearTimeout(timer)
      child.off('message', answered)
      child.off('exit', ended)
      resolve(outcome)
    }
    const answered = (message: unknown): void => finish(message as Answer)
    const ended = (code: number | null, signal: string | null): void =>
      finish({ crashed: `the process ended with ${signal ?? `status ${code}`}` })
    const timer = setTimeout(() => finish({ crashed: `the process stood still for ${stuckMs} ms` }), stuckMs)
    child.on('message', answered)
    child.on('exit', ended)
    child.send(job, error => {
      if (error) finish({ crashed: error.message })
    })
  })
}

async function dismiss(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  if (child.connected) child.disconnect()
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await gone
  clearTimeout(impatience)
}

/** Has the jobs done by so many processes, each of which takes the next one when it is free. */
export async function work<Task extends Job>(
  jobs: readonly Task[],
  shards: number,
  done: (job: Task, outcome: Outcome) => void,
): Promise<void> {
  const queue = [...jobs]
  const lane = async (): Promise<void> => {
    let child: ChildProcess | undefined
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      child ??= hire()
      const outcome = await ask(child, job)
      done(job, outcome)
      if ('broken' in outcome || 'crashed' in outcome) {
        await dismiss(child)
        child = undefined
      }
    }
    if (child) await dismiss(child)
  }
  await Promise.all(Array.from({ length: Math.min(shards, jobs.length) }, lane))
}
