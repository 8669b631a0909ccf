import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

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

/**
 * The state letter of every thread, for instance `S` (waiting) or `T` (stopped); an empty list where there is
 * no /proc.
 */
export function threadStates(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap(
      thread => stat(`/proc/${pid}/task/${thread}/stat`)?.[0] ?? [],
    )
  } catch {
    return []
  }
}

function processStart(pid: number): { startedAt: string; ended: boolean } | undefined {
  const fields = stat(`/proc/${pid}/stat`)
  if (fields === undefined) return undefined
  // Z: ended, not yet collected by its parent.
  return { startedAt: fields[19] ?? '', ended: fields[0] === 'Z' || fields[0] === 'X' }
}

/** The fields from the state letter on. */
function stat(file: string): string[] | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    // The field before it is the program's name in parentheses and may hold anything, so the last one counts.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
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
