import type { SupervisedSessions } from '@comeback/mysql2'
import type { Connection } from 'mysql2'
import { type SequelizeInstance, type SequelizePool, setMethod } from './orm-types.js'

/** Where a connection of a pool keeps what its next user has to wait for. */
const HAND_OVER: unique symbol = Symbol.for('comeback.sequelize.hand-over') as never

type Later = () => Promise<Connection>

interface Pooled {
  /** Whatever must be done first; set for the moment in which the pool hands it over. */
  [HAND_OVER]?: Later | undefined
  /** With replication Sequelize notes which of its two pools it belongs to. */
  readonly queryType?: 'read' | 'write'
}

/** The same for all connections: with a function for each, V8 would keep them as dictionaries. */
const THEN: PropertyDescriptor & ThisType<Pooled> = {
  configurable: true,
  get(): PromiseLike<Connection>['then'] | undefined {
    const later = this[HAND_OVER]
    if (later === undefined) return undefined
    this[HAND_OVER] = undefined
    return (resolve, reject) => later().then(resolve, reject)
  },
}

/** Ends a connection that nobody can use any more; that it fails to say goodbye is of no interest. */
export function drop(pool: SequelizePool, connection: Connection): Promise<unknown> {
  return Promise.resolve(pool.destroy(connection)).catch(() => undefined)
}

/**
 * Lets the pool hand out nothing dead. Its validation can not wait for an answer, but it hands a connection over by resolving a
 * promise with it, and a promise follows what has a `then`: a connection has one where a look is being waited for. All
 * others go the pool's own way, with no promise more, which would be felt at each statement. It is below Sequelize's hooks, which are to
 * see nothing dead either.
 *
 * @returns what is to be told of each connection that has been opened for the pool.
 */
export function handOverSound(
  { connectionManager: manager, options }: SequelizeInstance,
  sessions: SupervisedSessions,
): (opened: Connection) => void {
  const { pool, validate } = manager
  const { acquire, release } = pool

  const takeLater = async (connection: Connection, look: Promise<boolean>): Promise<Connection> => {
    if (await look) return connection
    await drop(pool, connection)
    return pool.acquire((connection as Pooled).queryType === 'read' ? 'SELECT' : undefined)
  }

  setMethod(manager, 'validate', connection => {
    if (!validate.call(manager, connection)) return false
    const answer = sessions.checkOut(connection)
    if (typeof answer === 'object') (connection as Pooled)[HAND_OVER] = () => takeLater(connection, answer)
    return answer !== false
  })

  setMethod(pool, 'release', connection => {
    if (sessions.checkIn(connection)) release.call(pool, connection)
    else void drop(pool, connection)
  })

  // A validation of the application's own is asked in the place of this one.
  if (options.pool?.validate !== undefined) {
    setMethod(pool, 'acquire', async (queryType, useMaster) => {
      const connection = await acquire.call(pool, queryType, useMaster)
      if (await sessions.checkOut(connection)) return connection
      await drop(pool, connection)
      return pool.acquire(queryType, useMaster)
    })
  }

  return opened => {
    Object.defineProperty(opened, HAND_OVER, { value: undefined, writable: true })
    Object.defineProperty(opened, 'then', THEN)
  }
}
