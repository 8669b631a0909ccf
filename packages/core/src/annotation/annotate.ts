import { refuse, typeOf } from '../policy/refuse.js'
import type { Annotation } from './annotation.js'
import { annotationFrom } from './annotation-from.js'
import { mergeAnnotations } from './merge-annotations.js'
import { sharedStorage } from './shared-storage.js'

const storage = sharedStorage<Annotation>('comeback.annotation')

/**
 * Runs a function; every statement issued from within it, through whatever library, carries the annotation. Scopes nest: the inner
 * one wins, key by key.
 *
 * @param run - is called once, at once; its result is returned.
 * @throws ComebackConfigError when the annotation has an unknown key or a wrong value, or `run` is no function.
 */
export const annotate = <T>(annotation: Annotation, run: () => T): T => {
  if (typeof run !== 'function') {
    throw refuse({ option: 'annotate(annotation, run)', received: typeOf(run), choices: ['a function'] })
  }
  const own = annotationFrom(annotation, 'annotate(annotation)')
  return storage.run(mergeAnnotations(storage.getStore(), own), run)
}

/** The annotation of the scope that this call is made in; undefined outside of any. */
export const currentAnnotation = (): Annotation | undefined => storage.getStore()
