import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

/** Says which process a folder belongs to, so that a later run can tell a live owner from a dead one. */
export interface Owner {
  readonly token: string
  readonly pid: number
  /** Start time of the process, because process ids are used again; empty where there is no /proc. */
  readonly startedAt: string
  /** The process-id namespace: an id says nothing to a container with other ids. */
  readonly namespace: string
}

export function thisProcess(): Owner {
  const startedAt = processStart(process.pid)?.startedAt ?? ''
  const token = `${process.pid}-${startedAt || Date.now()}-${randomBytes(4).toString('hex')}`
  return { token, pid: process.pid, startedAt, namespace: pidNamespace() }
}

/** The token comes alone on the first line: the guard script compares that line. */
export function formatOwner(owner: Owner): string {
  return `${owner.token}\n${owner.pid}\n${owner.startedAt}\n${owner.namespace}\n`
}

export function parseOwner(text: string): Owner | undefined {
  const [token, pid, startedAt = '', namespace = ''] = text.split('\n')
  if (!token || !Number.isInteger(Number(pid)) || Number(pid) <= 0) return undefined
  return { token, pid: Number(pid), startedAt, namespace }
}

/** True only when it is certain: an owner in another process-id namespace is never called dead. */
export function isDead(owner: Owner): boolean {
  if (owner.namespace !== pidNamespace()) return false
  if (owner.startedAt !== '') {
    const now = processStart(owner.pid)
    return now === undefined || now.ended || now.startedAt !== owner.startedAt
  }
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** State letter and start time from /proc, for instance `S`, `T` (stopped), `Z` (ended, not yet collected). */
export function processStart(pid: number): { state: string; startedAt: string; ended: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses and may hold anything, so fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const state = fields[0] ?? ''
    return { state, startedAt: fields[19] ?? '', ended: state === 'Z' || state === 'X' }
  } catch {
    return undefined
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}
