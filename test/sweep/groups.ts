import { isOurs } from './stacks.js'
import type { ViolationKind } from './verdict.js'

/** What a violation means to an application, from the worst. */
export const groups: readonly { readonly title: string; readonly kinds: readonly ViolationKind[] }[] = [
  { title: 'Wrong data', kinds: ['lost', 'duplicated', 'torn', 'falseNo', 'wrongAnswer'] },
  { title: 'Stuck, weakened or noisy', kinds: ['hung', 'weakPool', 'leak', 'noise'] },
  { title: 'An error that does not say what happened', kinds: ['untyped', 'masked', 'falseUnknown'] },
]

export const libraries = ['mysql2', 'knex', 'typeorm', 'sequelize', 'prisma'] as const

export type Library = (typeof libraries)[number]

/** The library that an application on the stack is written for. What wraps mysql2 has a name of its own. */
export const libraryOf = (stack: string): Library =>
  libraries.find(library => stack.split('-').includes(library)) ?? 'mysql2'

/** Ours first, each kind by library, as it comes before what wraps it. */
export function inOrder(stacks: readonly string[]): readonly string[] {
  const rank = (stack: string): number => (isOurs(stack) ? 0 : 1)
  const isStock = (stack: string): number => (stack.startsWith('stock-') ? 0 : 1)
  return [...stacks].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      libraries.indexOf(libraryOf(a)) - libraries.indexOf(libraryOf(b)) ||
      isStock(a) - isStock(b) ||
      a.localeCompare(b),
  )
}
