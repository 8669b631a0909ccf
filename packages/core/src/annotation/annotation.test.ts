import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { ComebackConfigError } from '../errors/comeback-config-error.js'
import { annotate, currentAnnotation } from './annotate.js'
import type { Annotation } from './annotation.js'
import { annotationFrom } from './annotation-from.js'
import { annotationFromComment } from './annotation-from-comment.js'
import { mergeAnnotations } from './merge-annotations.js'

const verify = async (): Promise<boolean> => true
const errorOf = (act: () => unknown): ComebackConfigError => {
  try {
    act()
  } catch (error) {
    if (error instanceof ComebackConfigError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('annotate', () => {
  test('what is run sees the annotation, also behind await, timers and promises', async () => {
    const seen = await annotate({ idempotent: true }, async () => {
      const before = currentAnnotation()
      await delay(1)
      return [before, currentAnnotation(), await Promise.resolve().then(currentAnnotation)]
    })
    expect(seen).toEqual([{ idempotent: true }, { idempotent: true }, { idempotent: true }])
  })

  test('outside of any scope there is none', async () => {
    expect(currentAnnotation()).toBeUndefined()
    await annotate({ retry: false }, () => delay(1))
    expect(currentAnnotation()).toBeUndefined()
  })

  test('scopes nest and the inner one wins, key by key', () => {
    const seen = annotate({ idempotent: true, deadlineMs: 100 }, () =>
      annotate({ idempotent: false, retry: false }, currentAnnotation),
    )
    expect(seen).toEqual({ idempotent: false, retry: false, deadlineMs: 100 })
  })

  test('concurrent scopes do not see each other', async () => {
    const one = annotate({ deadlineMs: 1 }, () => delay(2).then(currentAnnotation))
    const other = annotate({ deadlineMs: 2 }, () => delay(1).then(currentAnnotation))
    expect(await Promise.all([one, other])).toEqual([{ deadlineMs: 1 }, { deadlineMs: 2 }])
  })

  test('the result and the errors of what is run come through', async () => {
    expect(annotate({}, () => 7)).toBe(7)
    expect(() =>
      annotate({}, () => {
        throw new RangeError('mine')
      }),
    ).toThrow(RangeError)
    await expect(annotate({}, () => Promise.reject(new RangeError('mine')))).rejects.toThrow(RangeError)
  })

  test('two copies of the module share their scopes', async () => {
    vi.resetModules()
    const copy = await import('./annotate.js')
    expect(copy.annotate).not.toBe(annotate)
    expect(copy.annotate({ retry: false }, currentAnnotation)).toEqual({ retry: false })
  })

  test('a wrong annotation, or nothing to run, is refused at once', () => {
    const wrong = { idempotant: true } as Annotation
    expect(errorOf(() => annotate(wrong, () => 1)).option).toBe('annotate(annotation).idempotant')
    expect(errorOf(() => annotate({}, undefined as never)).message).toContain('got undefined')
  })
})

describe('annotationFrom', () => {
  test('a right one is copied without what is undefined', () => {
    const { signal } = new AbortController()
    const given = { idempotent: true, retry: false, verify, deadlineMs: 1, signal }
    expect(annotationFrom({ ...given, exactlyOnce: undefined })).toEqual(given)
    expect(annotationFrom(given)).not.toBe(given)
    expect(annotationFrom(Object.create(null))).toEqual({})
  })

  const wrong: readonly (readonly [given: unknown, option: string, received: string])[] = [
    [undefined, 'annotation', 'undefined'],
    [null, 'annotation', 'null'],
    ['idempotent', 'annotation', 'a string'],
    [[], 'annotation', 'an array'],
    [new Map(), 'annotation', 'a Map object'],
    [{ idempotent: 'yes' }, 'annotation.idempotent', 'a string'],
    [{ retry: 0 }, 'annotation.retry', 'zero'],
    [{ verify: Promise.resolve(true) }, 'annotation.verify', 'a Promise object'],
    [{ deadlineMs: 0 }, 'annotation.deadlineMs', 'zero'],
    [{ deadlineMs: -5 }, 'annotation.deadlineMs', 'a negative number'],
    [{ deadlineMs: Number.NaN }, 'annotation.deadlineMs', 'NaN'],
    [{ deadlineMs: Number.POSITIVE_INFINITY }, 'annotation.deadlineMs', 'an infinite number'],
    [{ deadlineMs: '5' }, 'annotation.deadlineMs', 'a string'],
    [{ signal: {} }, 'annotation.signal', 'an object'],
    [{ signal: new AbortController() }, 'annotation.signal', 'a AbortController object'],
    [{ exactlyOnce: 'key' }, 'annotation.exactlyOnce', 'a string'],
    [{ retries: 3 }, 'annotation.retries', 'a number'],
    [{ toString: true }, 'annotation.toString', 'a boolean'],
  ]

  test.each(wrong)('%o is refused by name', (given, option, received) => {
    const error = errorOf(() => annotationFrom(given))
    expect(error).toMatchObject({ option, received })
    expect(error.choices.length).toBeGreaterThan(0)
  })

  test('a slip of the pen is recognised, and the value never shown', () => {
    const { message } = errorOf(() => annotationFrom({ dedlineMs: 'secret' }, 'comeback'))
    expect(message).toContain('Did you mean comeback.deadlineMs?')
    expect(message).not.toContain('secret')
  })
})

test('mergeAnnotations lets the last one win, key by key', () => {
  const merged = mergeAnnotations({ retry: false, deadlineMs: 5 }, undefined, {
    retry: true,
    idempotent: undefined as never,
  })
  expect(merged).toEqual({ retry: true, deadlineMs: 5 })
  expect(mergeAnnotations()).toEqual({})
})

test.each<[words: string | undefined, Annotation]>([
  [undefined, {}],
  ['', {}],
  ['idempotent', { idempotent: true }],
  ['no-retry', { retry: false }],
  ['Idempotent, no-retry', { idempotent: true, retry: false }],
  ['idempotent no-retry', { idempotent: true, retry: false }],
  ['something else', {}],
  ['idempotently', {}],
])('a comment with the words %o declares %o', (words, annotation) => {
  expect(annotationFromComment(words)).toEqual(annotation)
})
