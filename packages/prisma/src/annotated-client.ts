import { type Annotation, annotate, annotationFrom } from '@comeback/core'

type Method = (this: unknown, ...args: unknown[]) => unknown

const WAITS: ReadonlySet<PropertyKey> = new Set(['then', 'catch', 'finally'])

function isLazy(value: unknown): value is PromiseLike<unknown> & Record<PropertyKey, Method> {
  return (
    typeof value === 'object' && value !== null && Reflect.get(value, Symbol.toStringTag) === 'PrismaPromise'
  )
}

/** What is called, and what it has made and not started yet, runs in the annotation's scope; those who wait for it do not. */
function within<T extends object>(target: T, annotation: Annotation): T {
  return new Proxy(target, {
    get(_, key) {
      const value: unknown = Reflect.get(target, key)
      if (isLazy(target) && WAITS.has(key)) {
        return (...args: unknown[]) =>
          (annotate(annotation, async () => await target) as unknown as Record<PropertyKey, Method>)[key]?.(
            ...args,
          )
      }
      if (typeof value === 'object' && value !== null) return within(value, annotation)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const result: unknown = annotate(annotation, () => Reflect.apply(value, target, args))
        return isLazy(result) || key === '$extends' ? within(result as object, annotation) : result
      }
    },
  })
}

/**
 * A client, or that of a transaction, whose operations carry an annotation. It is around all extensions: what they do for an
 * operation carries it too, and an operation's own annotation has the last word.
 *
 * @throws ComebackConfigError when the annotation has an unknown key or a wrong value.
 */
export function annotatedClient<C extends object>(client: C, annotation: Annotation): C {
  return within(client, annotationFrom(annotation, '$comeback(annotation)'))
}
