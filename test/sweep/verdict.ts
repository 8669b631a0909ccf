import type { Observation, TaskSeen } from './observation.js'

/** What may go wrong, in the order of its weight. */
export const violationKinds = [
  'lost',
  'duplicated',
  'torn',
  'falseNo',
  'hung',
  'untyped',
  'falseUnknown',
  'wrongAnswer',
  'masked',
  'weakPool',
  'noise',
  'leak',
] as const

export type ViolationKind = (typeof violationKinds)[number]

export interface Violation {
  readonly kind: ViolationKind
  readonly detail: string
}

/** All that was wrong at a point; empty if nothing was. Pure. */
export function violationsOf(seen: Observation): readonly Violation[] {
  const found = seen.tasks.flatMap(taskViolations)
  if (!seen.closed) found.push({ kind: 'hung', detail: 'the client could not be closed' })
  for (const failure of seen.failuresAfter) {
    found.push({ kind: 'weakPool', detail: `a statement after the fault: ${failure}` })
  }
  if (seen.links.length > seen.slots) found.push(strength('links', seen.links, seen.slots))
  // Fewer, and a slot is lost: it has been asked for.
  if (seen.threads && seen.threads.length !== seen.slots) {
    found.push(strength('threads of the server', seen.threads, seen.slots))
  }
  for (const noise of seen.noise) found.push({ kind: 'noise', detail: noise })
  for (const leftover of seen.leftovers) found.push({ kind: 'leak', detail: leftover })
  return found
}

const strength = (what: string, seen: readonly string[], slots: number): Violation => ({
  kind: 'weakPool',
  detail: `${seen.length} ${what} for ${slots} slots: ${seen.join('; ')}`,
})

function taskViolations(task: TaskSeen): Violation[] {
  const found: Violation[] = []
  const add = (kind: ViolationKind, detail: string): void => {
    found.push({ kind, detail: `${task.name}: ${detail}` })
  }
  if (task.settled === 'pending') add('hung', `pending after ${Math.round(task.elapsedMs)} ms`)
  if (task.wrongAnswer !== undefined) add('wrongAnswer', task.wrongAnswer)
  const wrongEffect = effectViolation(task)
  if (wrongEffect) add(...wrongEffect)
  const { error } = task
  if (!error) return found
  const what = `${error.name} ${error.code ?? error.errno ?? ''}: ${error.message}`
  if (task.threw && !error.own) add('masked', what)
  else if (!error.ours && !error.own && !error.servers) add('untyped', what)
  else if (error.reported === 'unknown' && task.executions !== undefined && !task.unanswered) {
    add('falseUnknown', what)
  }
  return found
}

/** What is wrong about what is in the database. */
function effectViolation({ executions, settled, error }: TaskSeen): [ViolationKind, string] | undefined {
  if (executions === undefined) return undefined
  if (Number.isNaN(executions)) return ['torn', 'a part of it is there']
  if (executions > 1) return ['duplicated', `there ${executions} times`]
  if (settled === 'resolved' && executions === 0) return ['lost', 'acknowledged, and not there']
  if (error?.reported === 'yes' && executions === 0) return ['lost', 'reported as executed, and not there']
  if (error?.reported === 'no' && executions === 1) return ['falseNo', `reported as not executed, and there`]
  return undefined
}
