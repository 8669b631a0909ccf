import { AsyncLocalStorage } from 'node:async_hooks'
import { findComebackError, SharedConnectionError } from '@comeback/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContractBed } from '../bed.js'
import { marker } from '../bed.js'
import { failureOf } from '../failure.js'
import { warm } from '../operations.js'
import { asAnotherProcess } from '../other-process.js'

/** A promise, and the way to keep it. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Causes 12 and 13: somebody uses a connection that is another's. */
export function sharing(bed: ContractBed): void {
  describe('a connection', () => {
    it('that another process has opened is not used, and its owner hears nothing of it (12)', async () => {
      const client = await bed.open()
      await warm(client)
      const value = marker()
      const error = await asAnotherProcess(() => failureOf(client.write(value)))
      expect(findComebackError(error, SharedConnectionError)).toMatchObject({
        conflict: 'process',
        executed: 'no',
      })
      expect(bed.sent(value)).toBe(0)
      // A goodbye would end the owner's session.
      expect(bed.proxy.journal.commands.filter(({ kind }) => kind === 'quit')).toEqual([])
      await client.write(value)
      expect(await bed.rows(value)).toBe(1)
    })
  })

  if (!bed.stack.tellsFlowsApart) return
  describe('a connection, in an application that uses an AsyncLocalStorage,', () => {
    const requests = new AsyncLocalStorage<string>()
    beforeAll(() => requests.enterWith('none'))
    afterAll(() => requests.disable())

    it('with another’s open transaction takes no statement of a flow that has its own (13)', async () => {
      const client = await bed.open({ slots: 2 })
      const [owned, strange] = [marker(), marker()]
      const [shared, tried] = [gate(), gate()]
      let theirs: { write(value: string): Promise<unknown> } | undefined
      const owner = client.transaction(async trx => {
        await trx.write(owned)
        theirs = trx
        shared.open()
        await tried.opened
        await trx.write(owned)
      })
      const stranger = client.transaction(async trx => {
        await trx.read(owned)
        await shared.opened
        try {
          return await failureOf(theirs?.write(strange) ?? Promise.resolve())
        } finally {
          tried.open()
        }
      })
      const [error] = await Promise.all([stranger, owner])
      expect(findComebackError(error, SharedConnectionError)).toMatchObject({
        conflict: 'async-context',
        executed: 'no',
      })
      expect(bed.sent(strange)).toBe(0)
      expect(await bed.rows(owned)).toBe(2)
    })
  })
}
