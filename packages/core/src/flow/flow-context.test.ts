import { AsyncLocalStorage } from 'node:async_hooks'
import { versions } from 'node:process'
import { afterEach, describe, expect, test } from 'vitest'
import { annotate, currentAnnotation } from '../annotation/annotate.js'
import { asTransactionFlow, currentToken } from '../ownership/ownership-token.js'
import { TransactionOwner } from '../ownership/transaction-owner.js'
import { areFlowsFollowed, flowContext, followFlows, outsideFlows } from './flow-context.js'

const isFree = Number.parseInt(versions.node, 10) >= 24

afterEach(() => flowContext.disable())

describe.skipIf(isFree)('in a process that follows no promises', () => {
  test('nothing that does not need it makes Node follow them', () => {
    const owner = new TransactionOwner()
    outsideFlows(() => asTransactionFlow(() => owner.begin()))
    expect(owner.check(true)).toBeUndefined()
    owner.end()
    expect([currentToken(), currentAnnotation(), areFlowsFollowed()]).toEqual([undefined, undefined, false])
  })

  test('a transaction has no owner, so nobody is a stranger to it', async () => {
    const owner = new TransactionOwner()
    owner.begin()
    await Promise.resolve()
    expect([owner.isActive, owner.relation(), owner.check(true)]).toEqual([false, 'none', undefined])
  })

  test('a flow that waits already does not get the first annotation that there is', async () => {
    let open = (): void => undefined
    const gate = new Promise<void>(resolve => {
      open = resolve
    })
    const waiting = (async () => {
      await gate
      const first = currentAnnotation()
      await Promise.resolve()
      return [first, currentAnnotation()]
    })()
    const annotated = annotate({ idempotent: true }, async () => {
      await Promise.resolve()
      open()
      await waiting
      return currentAnnotation()
    })
    expect(await waiting).toEqual([undefined, undefined])
    expect(await annotated).toEqual({ idempotent: true })
  })
})

test('an AsyncLocalStorage of the application has flows told apart', () => {
  const theirs = new AsyncLocalStorage<number>()
  theirs.run(1, () => {
    expect(areFlowsFollowed()).toBe(true)
    const owner = new TransactionOwner()
    owner.begin()
    expect(owner.relation()).toBe('own')
    owner.end()
  })
  theirs.disable()
})

test('they are told apart on demand', () => {
  followFlows()
  expect(areFlowsFollowed()).toBe(true)
  const owner = new TransactionOwner()
  owner.begin()
  expect(owner.relation()).toBe('own')
  owner.end()
})
