import { type Annotation, annotate, annotationFrom, refuseOption, typeOf } from '@comeback/core'

type Method = (this: unknown, ...args: unknown[]) => unknown

/** What `@Comeback({ … })` is applied to: an asynchronous method, by standard decorators or by `experimentalDecorators`. */
export interface ComebackDecorator {
  /** A standard decorator of a method. */
  <This, Args extends unknown[], Result extends PromiseLike<unknown>>(
    method: (this: This, ...args: Args) => Result,
    context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
  ): (this: This, ...args: Args) => Result
  /** A decorator of a method under `experimentalDecorators`. */
  <M extends (...args: never[]) => PromiseLike<unknown>>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): TypedPropertyDescriptor<M>
}

function refuse(name: string, received: string): never {
  const choices = ['an async method, or one that returns a promise']
  refuseOption(`@Comeback on ${name}`, received, choices)
}

/** Other decorators of the same method leave their marks on the function, by way of the package reflect-metadata. */
interface MetadataReflection {
  getOwnMetadataKeys?(target: object): readonly unknown[]
  getOwnMetadata(key: unknown, target: object): unknown
  defineMetadata(key: unknown, value: unknown, target: object): void
}

function copyMetadata(from: object, to: object): void {
  const reflection = Reflect as unknown as MetadataReflection
  for (const key of reflection.getOwnMetadataKeys?.(from) ?? []) {
    reflection.defineMetadata(key, reflection.getOwnMetadata(key, from), to)
  }
}

function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/** The method, run in the scope of the annotation. */
function inScope(method: Method, name: string, annotation: Annotation): Method {
  const scoped: Method = function (...args) {
    const result = annotate(annotation, () => method.apply(this, args))
    // What is awaited outside is not issued in the scope, and would go without the annotation in silence.
    if (!isPromise(result)) refuse(name, `a method that returned ${typeOf(result)}`)
    return result
  }
  for (const key of ['name', 'length'] as const) {
    Object.defineProperty(scoped, key, { configurable: true, value: method[key] })
  }
  copyMetadata(method, scoped)
  return scoped
}

function nameOf(target: unknown, name: unknown): string {
  const owner = typeof target === 'function' ? target.name : (target as object).constructor.name
  return `${owner}.${String(name)}`
}

/**
 * Runs a method of a service in the scope of an annotation, as `annotate()` does: every statement that is issued in it, through
 * any repository, carries the annotation. The nearer declaration wins: of a method called from it, of a
 * statement's own comment.
 *
 * @param annotation - As for `annotate()`.
 * @returns a decorator of methods, for standard decorators and for `experimentalDecorators`.
 * @throws ComebackConfigError when the annotation has an unknown key or a wrong value, when it is put on anything but a method,
 * and, from the method, when that returns no promise.
 * @example
 * ```ts
 * import { Comeback } from '@comeback/typeorm'
 * import type { EntityManager } from 'typeorm'
 *
 * class Carts {
 *   @Comeback({ idempotent: true })
 *   async markSeen(manager: EntityManager, id: number): Promise<void> {
 *     await manager.update('Cart', { id }, { seen: true })
 *   }
 * }
 * ```
 */
export function Comeback(annotation: Annotation): ComebackDecorator {
  const checked = annotationFrom(annotation, '@Comeback(annotation)')
  const decorate = (target: unknown, place: unknown, descriptor?: PropertyDescriptor): unknown => {
    if (typeof place === 'object' && place !== null) {
      const { kind, name } = place as DecoratorContext
      if (kind !== 'method') refuse(String(name), `a ${kind}`)
      return inScope(target as Method, String(name), checked)
    }
    if (place === undefined) refuse((target as { name: string }).name, 'a class')
    const name = nameOf(target, place)
    if (typeof descriptor?.value !== 'function') {
      refuse(name, descriptor === undefined ? 'a property' : 'an accessor')
    }
    return { ...descriptor, value: inScope(descriptor.value as Method, name, checked) }
  }
  return decorate as ComebackDecorator
}
