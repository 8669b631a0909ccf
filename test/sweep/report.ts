import { type Result, stackOf } from './results.js'
import { isOurs } from './stacks.js'
import { type ViolationKind, violationKinds } from './verdict.js'

/** Of one stack: points, points whose fault did not strike, and violations by kind. */
export type StackCounts = { points: number; missed: number } & Record<ViolationKind, number>

export interface Summary {
  readonly points: number
  /** Of our own stacks only: those of others are counted in `stacks`, and are not ours to mend. */
  readonly violations: number
  readonly stacks: Readonly<Record<string, StackCounts>>
}

function noCounts(): StackCounts {
  const kinds = Object.fromEntries(violationKinds.map(kind => [kind, 0])) as Record<ViolationKind, number>
  return { points: 0, missed: 0, ...kinds }
}

/** Counts points and violations. A point counts once for each kind of violation. */
export function summarize(results: readonly Result[]): Summary {
  const stacks: Record<string, StackCounts> = {}
  let violations = 0
  for (const result of results) {
    const stack = stackOf(result)
    stacks[stack] ??= noCounts()
    const counts = stacks[stack]
    counts.points += 1
    if (!result.hit) counts.missed += 1
    const kinds = new Set(result.violations.map(({ kind }) => kind))
    for (const kind of kinds) counts[kind] += 1
    if (isOurs(stack)) violations += kinds.size
  }
  return { points: results.length, violations, stacks }
}

/** A line for each point and kind of violation, with the first of its details. */
export function violationLines(results: readonly Result[]): readonly string[] {
  return results.flatMap(({ point, violations }) =>
    violationKinds.flatMap(kind => {
      const [first, ...more] = violations.filter(violation => violation.kind === kind)
      if (!first) return []
      return [`${point}  ${kind}: ${first.detail}${more.length > 0 ? ` (and ${more.length} more)` : ''}`]
    }),
  )
}
