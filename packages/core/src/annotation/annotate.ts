import { flowContext } from '../flow/flow-context.js'
import { carryToken } from '../ownership/ownership-token.js'
import { refuse, typeOf } from '../policy/refuse.js'
import type { Annotation } from './annotation.js'
import { annotationFrom } from './annotation-from.js'
import { mergeAnnotations } from './merge-annotations.js'

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
  const around = flowContext.getStore()
  const within = { annotation: mergeAnnotations(around?.annotation, own), token: around?.token }
  let token = within.token
  try {
    return flowContext.run(within, () => {
      try {
        return run()
      } finally {
        token = flowContext.getStore()?.token
      }
    })
  } finally {
    // The annotation ends here; a transaction that was begun at once, before anything was awaited, does not.
    if (token !== within.token) carryToken(token)
  }
}

/** The annotation of the scope that this call is made in; undefined outside of any. */
export const currentAnnotation = (): Annotation | undefined => flowContext.getStore()?.annotation
