import type { Annotation } from './annotation.js'
import { mergeAnnotations } from './merge-annotations.js'

/** The words that a comment may hold behind `comeback:`. */
const meanings: ReadonlyMap<string, Annotation> = new Map<string, Annotation>([
  ['idempotent', { idempotent: true }],
  ['no-retry', { retry: false }],
])

/**
 * What the words of a statement's comment declare: `idempotent`, `no-retry`, separated by commas or white space. A comment
 * may hold anything, so a word that is not known declares nothing and is no error.
 *
 * @param words - what stands behind `comeback:`; see `StatementFacts.comment`.
 */
export const annotationFromComment = (words: string | undefined): Annotation => {
  const declared = words?.toLowerCase().split(/[\s,]+/) ?? []
  return mergeAnnotations(...declared.map(word => meanings.get(word)))
}
