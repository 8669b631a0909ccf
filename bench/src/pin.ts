import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

/**
 * Loopback figures are worthless unless server and client run on different cores: a `select 1` takes a third of the time when both
 * share one, and which it is changes from run to run.
 */
export const SERVER_CORE = 0
const CLIENT_CORE = 1

const taskset = (...args: string[]): boolean => spawnSync('taskset', args, { stdio: 'ignore' }).status === 0

/** Whether this machine lets processes be pinned, and has two cores to pin them to. */
export function canPin(): boolean {
  return cpus().length > 1 && taskset('--version')
}

/** Pins a running process and its threads to a core. */
export function pin(pid: number | undefined, core: number = SERVER_CORE): void {
  if (pid !== undefined) taskset('-a', '-c', '-p', String(core), String(pid))
}

/** Pins this process. */
export function pinClient(): void {
  pin(process.pid, CLIENT_CORE)
}
