import type { Transform } from 'node:stream'
import type { Policy } from '@comeback/core'
import { type SupervisedSessions, supervise, withSessions } from '@comeback/mysql2'
import { annotated } from './annotation.js'
import { keepMessage } from './error.js'
import {
  type KnexClient,
  type KnexClientClass,
  type KnexConnection,
  type KnexQuery,
  rowsOf,
} from './orm-types.js'
import { isGivenBackLater, keepForStream, passOn, prepareForStreams } from './stream.js'
import { honestTransaction, transactionClassOf } from './transaction.js'
import { openForAll } from './waiting-callers.js'

const SESSIONS: unique symbol = Symbol.for('comeback.knex.sessions') as never
const BRAND: unique symbol = Symbol.for('comeback.knex.client') as never

/** Whether a client, or the prototype of one, has sessions already. */
export function hasSessions(client: object): boolean {
  return BRAND in client
}

/** One supervisor for each client with a pool; every client that Knex derives from it shares its configuration. */
function sessionsOf(client: KnexClient): SupervisedSessions | undefined {
  return (client.config as { [SESSIONS]?: SupervisedSessions })[SESSIONS]
}

function checkOut(client: KnexClient, connection: KnexConnection): boolean | Promise<boolean> {
  return sessionsOf(client)?.checkOut(connection) ?? false
}

/** Sends a query whose rows are passed on to a stream, which an error ends. */
async function streamRows(
  connection: KnexConnection,
  query: KnexQuery,
  stream: Transform,
  options: object,
): Promise<unknown> {
  try {
    if (!query.sql) throw new Error('The query is empty')
    return await passOn(rowsOf(connection, annotated(query), options), stream)
  } catch (error) {
    stream.destroy(error as Error)
    throw error
  }
}

/** A wrong annotation is refused before there is a statement that could fail. */
function refusedAnnotation(error: unknown): never {
  keepMessage(error)
  throw error
}

/**
 * Knex's mysql2 dialect over sessions. Knex makes the client of a transaction from this prototype without running a
 * constructor, so everything here is a method, and what belongs to the pool is kept in the client's configuration.
 */
export function sessionClient(base: KnexClientClass, policy: Policy | undefined): KnexClientClass {
  const Transaction = honestTransaction(transactionClassOf(base.prototype))

  return class SessionClient extends (base as new (config: object) => KnexClient) {
    get [BRAND](): true {
      return true
    }

    // Called once for each pool, before it is made.
    override _driver(): unknown {
      const sessions = supervise(policy, event => this.emit('comeback', event), keepMessage)
      Object.assign(this.config, { [SESSIONS]: sessions })
      return withSessions(sessions)
    }

    // Knex listens for errors of its idle connections and reports each on the console; a session that has died is
    // dropped when it is next checked out.
    override async acquireRawConnection(): Promise<KnexConnection> {
      const connection = await openForAll(this, () => super.acquireRawConnection())
      connection.removeAllListeners('error')
      prepareForStreams(connection)
      return connection
    }

    override transaction(...args: unknown[]): ReturnType<KnexClient['transaction']> {
      return new Transaction(this, ...args)
    }

    // Knex's pool awaits the answer, whatever Knex promises. It comes at once where no look is needed: a promise more for
    // each statement would be felt.
    override validateConnection(connection: KnexConnection): boolean | Promise<boolean> {
      const isOpen = super.validateConnection(connection)
      if (typeof isOpen === 'object') return isOpen.then(open => open && checkOut(this, connection))
      return isOpen && checkOut(this, connection)
    }

    override releaseConnection(connection: KnexConnection | undefined): Promise<void> {
      // Knex before 3.3 gives back what a stream has not got, and what a stream has it gives back twice.
      if (connection === undefined || isGivenBackLater(connection)) return Promise.resolve()
      // One that is not fit any more is refused when it is next checked out, and dropped then.
      sessionsOf(this)?.checkIn(connection)
      return super.releaseConnection(connection)
    }

    // Knex says goodbye behind whatever is still running, which may never end.
    override async destroyRawConnection(connection: KnexConnection): Promise<void> {
      const sessions = sessionsOf(this)
      if (sessions?.isBusy(connection)) sessions.destroy(connection)
      else await super.destroyRawConnection(connection)
    }

    override _query(connection: KnexConnection, query: KnexQuery): Promise<unknown> {
      const given = annotated(query)
      const result = super._query(connection, given)
      return given.options?.comeback === undefined ? result : result.catch(refusedAnnotation)
    }

    override _stream(
      connection: KnexConnection,
      query: KnexQuery,
      stream: Transform,
      options: object = {},
    ): Promise<unknown> {
      // Of one that is destroyed nobody wants the rows any more.
      const ended = stream.destroyed ? Promise.resolve() : streamRows(connection, query, stream, options)
      // A transaction keeps its connection.
      if (!this.transacting)
        keepForStream(connection, stream, ended, () => void this.releaseConnection(connection))
      return ended
    }

    override async destroy(callback?: (error?: unknown) => void): Promise<void> {
      // Knex waits for the connections that it is opening, which may be a whole outage.
      sessionsOf(this)?.stopOpening()
      await super.destroy(callback)
      sessionsOf(this)?.close()
    }
  } as unknown as KnexClientClass
}
