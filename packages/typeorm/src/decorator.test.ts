import { ComebackConfigError, currentAnnotation } from '@comeback/core'
import { describe, expect, it } from 'vitest'
import { Comeback } from './decorator.js'

type Loose = (...args: unknown[]) => unknown

const apply = Comeback({ idempotent: true }) as unknown as Loose

/** What a decorator is refused with. */
function refusal(call: () => unknown): ComebackConfigError {
  try {
    call()
  } catch (error) {
    expect(error).toBeInstanceOf(ComebackConfigError)
    return error as ComebackConfigError
  }
  throw new Error('It was not refused.')
}

class Carts {
  readonly id = 7

  async seen(by: string): Promise<unknown> {
    await Promise.resolve()
    return [this.id, by, currentAnnotation()]
  }

  count(): number {
    return this.id
  }
}

const expected = [7, 'me', { idempotent: true }]

describe('@Comeback', () => {
  it('runs a method in the scope of the annotation, as a standard decorator', async () => {
    const seen = apply(Carts.prototype.seen, { kind: 'method', name: 'seen' }) as Carts['seen']
    expect(await seen.call(new Carts(), 'me')).toEqual(expected)
    expect(currentAnnotation()).toBeUndefined()
  })

  it('runs a method in the scope of the annotation, under experimentalDecorators', async () => {
    const given = Object.getOwnPropertyDescriptor(Carts.prototype, 'seen')
    const descriptor = apply(Carts.prototype, 'seen', given) as PropertyDescriptor
    const seen = descriptor.value as Carts['seen']
    expect(await seen.call(new Carts(), 'me')).toEqual(expected)
    expect({ ...descriptor, value: undefined }).toEqual({ ...given, value: undefined })
  })

  it('runs a static method in the scope', async () => {
    class Orders {
      readonly id = 7

      static async all(): Promise<unknown> {
        return currentAnnotation()
      }
    }
    const given = Object.getOwnPropertyDescriptor(Orders, 'all')
    const { value } = apply(Orders, 'all', given) as PropertyDescriptor
    expect(await (value as typeof Orders.all)()).toEqual({ idempotent: true })
  })

  it('keeps the name and the length of the method, and what other decorators have noted on it', () => {
    const notes = new Map<unknown, Map<unknown, unknown>>()
    const reflection = {
      getOwnMetadataKeys: (target: object) => [...(notes.get(target)?.keys() ?? [])],
      getOwnMetadata: (key: unknown, target: object) => notes.get(target)?.get(key),
      defineMetadata: (key: unknown, value: unknown, target: object) =>
        void notes.set(target, new Map([[key, value]])),
    }
    const { seen } = Carts.prototype
    notes.set(seen, new Map([['path', '/seen']]))
    Object.assign(Reflect, reflection)
    try {
      const scoped = apply(seen, { kind: 'method', name: 'seen' }) as Carts['seen']
      expect(scoped.name).toBe('seen')
      expect(scoped).toHaveLength(1)
      expect(notes.get(scoped)?.get('path')).toBe('/seen')
    } finally {
      for (const name of Object.keys(reflection)) Reflect.deleteProperty(Reflect, name)
    }
  })

  it('rejects as the method does', async () => {
    const fail = apply(
      async () => {
        throw new Error('out of stock')
      },
      { kind: 'method', name: 'fail' },
    ) as () => Promise<void>
    await expect(fail()).rejects.toThrow('out of stock')
  })

  const misuses: readonly (readonly [name: string, use: () => unknown, option: string, received: string])[] =
    [
      ['a class', () => apply(Carts), '@Comeback on Carts', 'a class'],
      [
        'a class, as a standard decorator',
        () => apply(Carts, { kind: 'class', name: 'Carts' }),
        '@Comeback on Carts',
        'a class',
      ],
      ['a field', () => apply(undefined, { kind: 'field', name: 'id' }), '@Comeback on id', 'a field'],
      ['a property', () => apply(Carts.prototype, 'id'), '@Comeback on Carts.id', 'a property'],
      [
        'an accessor',
        () => apply(Carts.prototype, 'size', { get: () => 1 }),
        '@Comeback on Carts.size',
        'an accessor',
      ],
      [
        'a method that returns no promise',
        () => {
          const given = Object.getOwnPropertyDescriptor(Carts.prototype, 'count')
          const { value } = apply(Carts.prototype, 'count', given) as PropertyDescriptor
          return (value as Carts['count']).call(new Carts())
        },
        '@Comeback on Carts.count',
        'a method that returned a number',
      ],
      [
        'a method, without parentheses',
        () => (Comeback as Loose)(Carts.prototype.seen, { kind: 'method', name: 'seen' }),
        '@Comeback(annotation)',
        'a function',
      ],
    ]

  for (const [name, use, option, received] of misuses) {
    it(`refuses ${name}, by name`, () => {
      expect(refusal(use)).toMatchObject({ option, received })
    })
  }

  it('refuses an unknown key of the annotation, by name', () => {
    expect(refusal(() => Comeback({ idempotant: true } as never)).message).toContain('idempotent')
  })
})
