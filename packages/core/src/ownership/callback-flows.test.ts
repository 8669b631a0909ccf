import { AsyncResource } from 'node:async_hooks'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { followFlows, outsideFlows } from '../flow/flow-context.js'
import { currentToken } from './ownership-token.js'
import { TransactionOwner } from './transaction-owner.js'

beforeAll(followFlows)

let owner: TransactionOwner
beforeEach(() => {
  owner = new TransactionOwner()
})

/** Runs a flow of its own, as a request of a server is one. */
const flow = <T>(run: () => T): T => new AsyncResource('flow').runInAsyncScope(() => outsideFlows(run))

describe('code in the style of callbacks', () => {
  let server: Server
  beforeAll(async () => {
    server = createServer(socket => socket.pipe(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => server.close())

  /** A connection whose callbacks run in the context of its socket, as those of a driver do. */
  const open = async (): Promise<{ query: (callback: () => void) => void; end: () => Socket }> => {
    const socket = outsideFlows(() => connect((server.address() as AddressInfo).port, '127.0.0.1'))
    await once(socket, 'connect')
    const callbacks: (() => void)[] = []
    socket.on('data', bytes => {
      for (const _ of bytes) callbacks.shift()?.()
    })
    return {
      query: callback => {
        callbacks.push(callback)
        socket.write('.')
      },
      end: () => socket.destroy(),
    }
  }

  test('is never taken for a violation, strict or not', async () => {
    const connection = await open()
    const violations: unknown[] = []
    await new Promise<void>(done => {
      flow(() => {
        owner.begin()
        connection.query(() => {
          violations.push(owner.check(true))
          connection.query(() => {
            violations.push(owner.check(true))
            owner.end()
            done()
          })
        })
      })
    })
    expect(violations).toEqual([undefined, undefined])
    connection.end()
  })

  test('leaves no owner behind in a socket, whose callbacks others will run in', async () => {
    const connection = await open()
    await new Promise<void>(done => {
      connection.query(() => {
        owner.begin()
        expect(owner.relation()).toBe('none')
        done()
      })
    })
    const seen = await new Promise(done => connection.query(() => done(currentToken())))
    expect(seen).toBeUndefined()
    connection.end()
  })

  test('is not taken for foreign when a callback of another connection runs within its transaction', async () => {
    const [one, other] = [await open(), await open()]
    const theirs = new TransactionOwner()
    await new Promise<void>(done =>
      other.query(() => {
        theirs.begin()
        done()
      }),
    )
    const violation = await new Promise(done => {
      flow(() => {
        owner.begin()
        one.query(() => other.query(() => done(owner.check(true))))
      })
    })
    expect(violation).toBeUndefined()
    one.end()
    other.end()
  })
})
