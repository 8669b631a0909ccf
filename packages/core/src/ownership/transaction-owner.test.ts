import { AsyncResource } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { annotate, currentAnnotation } from '../annotation/annotate.js'
import { followFlows, outsideFlows } from '../flow/flow-context.js'
import { asTransactionFlow, currentToken } from './ownership-token.js'
import { TransactionOwner } from './transaction-owner.js'

beforeAll(followFlows)

let owner: TransactionOwner
beforeEach(() => {
  owner = new TransactionOwner()
})

/** Runs a flow of its own, as a request of a server is one. */
const flow = <T>(run: () => T): T => new AsyncResource('flow').runInAsyncScope(() => outsideFlows(run))

describe('the flow that began a transaction owns it', () => {
  test('in promises, timers, events, microtasks and async resources that it starts', async () => {
    await flow(async () => {
      owner.begin()
      expect(owner.relation()).toBe('own')
      await delay(1)
      expect(owner.relation()).toBe('own')
      expect(await Promise.resolve().then(() => owner.relation())).toBe('own')
      expect(await new Promise(done => setImmediate(() => done(owner.relation())))).toBe('own')
      expect(await new Promise(done => queueMicrotask(() => done(owner.relation())))).toBe('own')
      expect(await new Promise(done => process.nextTick(() => done(owner.relation())))).toBe('own')
      const emitter = new EventEmitter()
      const heard = once(emitter, 'event').then(() => owner.relation())
      emitter.emit('event')
      expect(await heard).toBe('own')
      expect(new AsyncResource('mine').runInAsyncScope(() => owner.relation())).toBe('own')
    })
  })

  test('in a Promise.all of its own', async () => {
    await flow(async () => {
      owner.begin()
      const statement = async (): Promise<unknown> => {
        await delay(1)
        return owner.check(true)
      }
      expect(await Promise.all([statement(), statement(), statement()])).toEqual([
        undefined,
        undefined,
        undefined,
      ])
    })
  })

  test('begun at once within an annotation that ends before it', async () => {
    await flow(async () => {
      await annotate({ retry: false }, async () => owner.begin())
      expect([owner.relation(), currentAnnotation()]).toEqual(['own', undefined])
      await annotate({ retry: false }, async () => owner.end())
      expect([currentToken(), currentAnnotation()]).toEqual([undefined, undefined])
    })
  })

  test('within an annotation, which goes on after its end', async () => {
    await annotate({ retry: false }, async () => {
      owner.begin()
      await delay(1)
      expect([owner.relation(), currentAnnotation()]).toEqual(['own', { retry: false }])
      owner.end()
      await delay(1)
      expect([owner.relation(), currentAnnotation()]).toEqual(['none', { retry: false }])
    })
    await asTransactionFlow(() =>
      annotate({ retry: false }, async () => {
        owner.begin()
        expect([owner.relation(), currentAnnotation()]).toEqual(['own', { retry: false }])
      }),
    )
  })

  test('through a function that begins at once and is awaited', async () => {
    await flow(async () => {
      const begin = async (): Promise<void> => {
        owner.begin()
        await delay(1)
      }
      await begin()
      expect(owner.relation()).toBe('own')
    })
  })

  test('while it has a second transaction open on another session', async () => {
    await flow(async () => {
      const other = new TransactionOwner()
      owner.begin()
      await delay(1)
      other.begin()
      expect([owner.relation(), other.relation()]).toEqual(['own', 'own'])
      owner.end()
      await delay(1)
      expect(other.relation()).toBe('own')
      other.end()
      expect(currentToken()).toBeUndefined()
    })
  })
})

describe('a flow whose library begins its transaction in an inner function', () => {
  /** As an ORM does: BEGIN comes after something has been awaited, two functions deep. */
  const begin = async (of: TransactionOwner): Promise<void> => {
    await delay(1)
    of.begin()
    await delay(1)
  }
  const transaction = <T>(of: TransactionOwner, run: () => T): Promise<T> =>
    asTransactionFlow(async () => {
      await begin(of)
      return run()
    })

  test('owns it when it was announced', async () => {
    await transaction(owner, () => {
      expect(owner.relation()).toBe('own')
      owner.end()
      expect(currentToken()).toBeUndefined()
    })
  })

  test('is of no relation to it otherwise', async () => {
    await flow(async () => {
      await begin(owner)
      expect(owner.relation()).toBe('none')
    })
  })

  test('is foreign to the transaction of another such flow', async () => {
    const other = new TransactionOwner()
    await transaction(owner, () => owner.check(false))
    await transaction(other, () => expect(owner.check(false)?.relation).toBe('foreign'))
  })

  test('is let into one of a pool whose owner nobody knows', async () => {
    const other = new TransactionOwner()
    await flow(() => begin(owner))
    await transaction(other, () => expect(owner.check(false)).toBeUndefined())
  })

  test('owns what encloses it as well', async () => {
    const inner = new TransactionOwner()
    await transaction(owner, () =>
      transaction(inner, () => {
        expect(owner.check(false)).toBeUndefined()
        expect(inner.check(false)).toBeUndefined()
      }),
    )
  })

  test('is of no relation to anything before its BEGIN', async () => {
    await transaction(owner, () => {
      asTransactionFlow(() => expect(owner.check(false)).toBeUndefined())
    })
    flow(() => asTransactionFlow(() => expect(currentToken()).toBeUndefined()))
  })
})

describe('another flow', () => {
  test('that has begun a transaction of its own is foreign', async () => {
    const others = new TransactionOwner()
    flow(() => {
      owner.begin()
      owner.check(false)
    })
    const violation = await flow(async () => {
      others.begin()
      await delay(1)
      return owner.check(false)
    })
    expect(violation?.relation).toBe('foreign')
  })

  test('that runs another transaction on the same session is foreign to its predecessor', async () => {
    const violations: unknown[] = []
    const transaction = async (): Promise<void> => {
      owner.begin()
      await delay(1)
      violations.push(owner.check(true)?.relation)
      await delay(1)
    }
    await flow(() => Promise.all([transaction(), transaction()]))
    expect(violations).toEqual(['foreign', undefined])
  })

  test('of which nothing is known is a violation in a strict session whose owner was seen to carry its token', async () => {
    await flow(async () => {
      owner.begin()
      await delay(1)
      expect(owner.check(true)).toBeUndefined()
      const violation = flow(() => owner.check(true))
      expect(violation?.relation).toBe('none')
      expect(flow(() => owner.check(true))).toBeDefined()
      expect(owner.check(true)).toBeUndefined()
    })
  })

  test('of which nothing is known is let through in a pooled session', async () => {
    await flow(async () => {
      owner.begin()
      owner.check(false)
      expect(flow(() => owner.check(false))).toBeUndefined()
    })
  })

  test('of which nothing is known is let through until the owner was seen to carry its token', async () => {
    flow(() => owner.begin())
    expect(flow(() => owner.check(true))).toBeUndefined()
  })

  test('of which nothing is known is let through while nothing is under way', async () => {
    const begin = async (): Promise<void> => {
      await delay(1)
      owner.begin()
      owner.check(true)
      await delay(1)
    }
    await flow(async () => {
      await begin()
      expect(owner.relation()).toBe('none')
      expect(owner.check(true, false)).toBeUndefined()
      expect(owner.check(true, true)).toBeUndefined()
    })
  })

  test('is told with both places in the program', async () => {
    function theOwnerBegins(): void {
      owner.begin()
    }
    function theOtherSends(): ReturnType<TransactionOwner['check']> {
      return owner.check(true)
    }
    flow(theOwnerBegins)
    const violation = flow(() => {
      new TransactionOwner().begin()
      return theOtherSends()
    })
    expect(violation?.ownerStack).toContain('theOwnerBegins')
    expect(violation?.otherStack).toContain('theOtherSends')
    expect(violation?.ownerStack).not.toContain('TransactionOwner.begin')
    expect(violation?.ownerStack).toMatch(/^\s+at /)
  })
})

describe('the end of a transaction', () => {
  test('gives the flow back to what it was in before', async () => {
    await flow(async () => {
      const outer = new TransactionOwner()
      outer.begin()
      owner.begin()
      await delay(1)
      owner.end()
      expect(owner.isActive).toBe(false)
      expect(outer.relation()).toBe('own')
      outer.end()
      await delay(1)
      expect(currentToken()).toBeUndefined()
    })
  })

  test('holds for flows that inherited it and go on', async () => {
    await flow(async () => {
      owner.begin()
      const goesOn = delay(3).then(() => {
        const next = new TransactionOwner()
        next.begin()
        return [next.relation(), owner.relation()]
      })
      owner.end()
      expect(await goesOn).toEqual(['own', 'none'])
    })
  })

  test('in a function that is awaited holds for the flow that awaits it', async () => {
    await flow(async () => {
      owner.begin()
      const commit = async (): Promise<void> => {
        await delay(1)
        owner.end()
      }
      await commit()
      expect(currentToken()).toBeUndefined()
      const next = new TransactionOwner()
      next.begin()
      expect(next.relation()).toBe('own')
    })
  })

  test('may come twice, or without a beginning', () => {
    owner.end()
    owner.begin()
    owner.end()
    owner.end()
    expect([owner.isActive, owner.relation(), owner.check(true)]).toEqual([false, 'none', undefined])
  })

  test('leaves nothing behind however many transactions a flow runs', async () => {
    await flow(async () => {
      for (let round = 0; round < 100; round += 1) {
        owner.begin()
        await Promise.resolve()
        if (round % 3 > 0) owner.end()
      }
      owner.end()
      expect(currentToken()).toBeUndefined()
    })
  })
})

test('two copies of the module know the same owners', async () => {
  vi.resetModules()
  const copy = await import('./transaction-owner.js')
  expect(copy.TransactionOwner).not.toBe(TransactionOwner)
  const violation = flow(() => {
    owner.begin()
    return flow(() => {
      new copy.TransactionOwner().begin()
      return owner.check(true)
    })
  })
  expect(violation?.relation).toBe('foreign')
})
