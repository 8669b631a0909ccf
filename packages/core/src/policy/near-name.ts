import { optionPaths, optionsOf } from './option-paths.js'

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
const distance = (a: string, b: string): number => {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replace)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforePrevious[j - 2] ?? 0) + 1)
      }
      row[j] = best
    }
    beforePrevious = previous
    previous = row
  }
  return previous[b.length] ?? 0
}

/** Upper and lower case, `_`, `-` and a missing unit make no difference to what was meant. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '').replace(/ms$/, '')

/** Names longer than any option are not compared: they are no slip of the pen. */
const longestName = 40

/** The one of `candidates` that `name` was most likely meant to be, or undefined. */
export const nearName = (name: string, candidates: readonly string[]): string | undefined => {
  if (name.length > longestName) return undefined
  const meant = plain(name)
  let found: string | undefined
  let least = Math.max(1, Math.floor(meant.length / 3)) + 1
  for (const candidate of candidates) {
    const edits = distance(meant, plain(candidate))
    if (edits < least) {
      least = edits
      found = candidate
    }
  }
  return found
}

/** Where an unknown `name` under `group` probably belongs: a near name there, or that very name under another group. */
export const nearOption = (name: string, group: string): string | undefined => {
  const near = nearName(name, optionsOf(group))
  if (near !== undefined) return group === '' ? near : `${group}.${near}`
  return optionPaths.find(path => plain(path.slice(path.lastIndexOf('.') + 1)) === plain(name))
}
