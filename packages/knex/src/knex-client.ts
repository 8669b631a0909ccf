import type { Transform } from 'node:stream'
import { type SupervisedSessions, withSessions } from '@comeback/mysql2'
import { annotated } from './knex-annotation.js'
import { keepMessage } from './knex-error.js'
import { honestTransaction, transactionClassOf } from './knex-transaction.js'
import {
  type KnexClient,
  type KnexClientClass,
  type KnexConnection,
  type KnexQuery,
  rowsOf,
} from './knex-types.js'

/**
 * Knex's mysql2 dialect over sessions. Knex makes the client of a transaction from this prototype without running a
 * constructor, so everything here is a method and its state is in the closure.
 */
export function sessionClient(base: KnexClientClass, sessions: SupervisedSessions): KnexClientClass {
  const Transaction = honestTransaction(transactionClassOf(base.prototype))
  const driver = withSessions(sessions)

  return class SessionClient extends (base as new (config: object) => KnexClient) {
    override _driver(): unknown {
      return driver
    }

    override transaction(...args: unknown[]): ReturnType<KnexClient['transaction']> {
      return new Transaction(this, ...args)
    }

    // Knex's pool awaits it, whatever its name in Knex promises.
    override async validateConnection(connection: KnexConnection): Promise<boolean> {
      return Boolean(await super.validateConnection(connection)) && sessions.checkOut(connection)
    }

    override releaseConnection(connection: KnexConnection): Promise<void> {
      // One that is not fit any more is refused when it is next checked out, and dropped then.
      sessions.checkIn(connection)
      return super.releaseConnection(connection)
    }

    // Knex says goodbye behind whatever is still running, which may never end.
    override async destroyRawConnection(connection: KnexConnection): Promise<void> {
      if (sessions.isBusy(connection)) sessions.destroy(connection)
      else await super.destroyRawConnection(connection)
    }

    override async _query(connection: KnexConnection, query: KnexQuery): Promise<unknown> {
      try {
        return await super._query(connection, annotated(query))
      } catch (error) {
        keepMessage(error)
        throw error
      }
    }

    // Knex passes a stream's error on and leaves the stream open, so that its connection never comes back.
    override _stream(
      connection: KnexConnection,
      query: KnexQuery,
      stream: Transform,
      options: object = {},
    ): Promise<unknown> {
      return new Promise((resolve, reject) => {
        stream.on('error', reject)
        stream.on('end', resolve)
        const rows = rowsOf(connection, annotated(query), options)
        rows.on('error', error => stream.destroy(error))
        rows.pipe(stream)
      })
    }

    override async destroy(callback?: (error?: unknown) => void): Promise<void> {
      await super.destroy(callback)
      sessions.close()
    }
  } as unknown as KnexClientClass
}
