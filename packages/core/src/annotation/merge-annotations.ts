import type { Annotation } from './annotation.js'

/** One annotation of several; for each key the last one that sets it wins. A key that is `undefined` sets nothing. */
export const mergeAnnotations = (...annotations: readonly (Annotation | undefined)[]): Annotation => {
  const merged: Record<string, unknown> = {}
  for (const annotation of annotations) {
    for (const [key, value] of Object.entries(annotation ?? {})) {
      if (value !== undefined) merged[key] = value
    }
  }
  return merged
}
