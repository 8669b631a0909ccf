import { pid } from 'node:process'
import { threadId } from 'node:worker_threads'

/** Where something was made: which process, and which thread of it. Plain data, so it can be sent to either. */
export interface ProcessStamp {
  /** As the operating system numbers it. */
  readonly pid: number
  /** 0 for the main thread. */
  readonly threadId: number
}

/** The stamp of this process and thread. */
export const processStamp = (): ProcessStamp => ({ pid, threadId })

/** Who else is using what bears this stamp: another process, another thread of this one, or (undefined) nobody else. */
export const foreignUse = (stamp: ProcessStamp): 'process' | 'thread' | undefined => {
  if (stamp.pid !== pid) return 'process'
  return stamp.threadId === threadId ? undefined : 'thread'
}
