import { nextTick } from 'node:process'
import type { Transform } from 'node:stream'
import type { KnexConnection } from './orm-types.js'

const STREAMING: unique symbol = Symbol.for('comeback.knex.streaming') as never

type Streaming = KnexConnection & { [STREAMING]?: { streams: number; isGivenBack: boolean } | undefined }

/** Gives a new connection the field that a stream needs: all connections of a pool keep one shape then, and their code its speed. */
export function prepareForStreams(connection: KnexConnection): void {
  ;(connection as Streaming)[STREAMING] = undefined
}

/** Whether a stream still runs on a connection that is being given back; it is given back when the stream is over. */
export function isGivenBackLater(connection: KnexConnection): boolean {
  const streaming = (connection as Streaming)[STREAMING]
  if (streaming === undefined) return false
  streaming.isGivenBack = true
  return true
}

/**
 * Knex gives the connection of a stream back twice: when the stream has closed, and when its rows have ended. In between the pool may
 * have given it to somebody else, and would give it to a third with a transaction open. So it stays until both have come.
 *
 * @param rows - Settles when the rows have ended.
 * @param giveBack - Gives the connection back.
 */
export function keepForStream(
  connection: KnexConnection,
  stream: Transform,
  rows: Promise<unknown>,
  giveBack: () => void,
): void {
  const held = connection as Streaming
  held[STREAMING] ??= { streams: 0, isGivenBack: false }
  const streaming = held[STREAMING]
  streaming.streams += 1
  // Of one that is destroyed `close` is on its way, or has been told.
  const closed = stream.destroyed ? undefined : new Promise(resolve => stream.once('close', resolve))
  const isOver = (): void => {
    streaming.streams -= 1
    if (streaming.streams > 0) return
    held[STREAMING] = undefined
    if (streaming.isGivenBack) giveBack()
  }
  // By then Knex has taken its own steps behind both.
  void Promise.allSettled([rows, closed]).then(() => nextTick(isOver))
}

/** Passes rows on until they end, fail, or nobody wants them any more. */
export function passOn(rows: NodeJS.ReadableStream, stream: Transform): Promise<unknown> {
  return new Promise((resolve, reject) => {
    stream.on('error', reject)
    stream.on('end', resolve)
    stream.on('close', resolve)
    // Knex passes an error on and leaves the stream open, so that its connection never comes back.
    rows.on('error', error => stream.destroy(error as Error))
    rows.pipe(stream)
  })
}
