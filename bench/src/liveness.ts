import { peek } from '@comeback/core'
import type { ConnectionConfig } from '@comeback/test/database'
import mysql from 'mysql2/promise'
import { Bench } from 'tinybench'

/** What a peek and a ping cost, in microseconds. */
export interface LivenessCost {
  readonly peekUs: number
  readonly pingUs: number
}

/** Peek and ping on a quiet loop over a plain connection. */
export async function livenessCost(config: ConnectionConfig): Promise<LivenessCost> {
  const connection = await mysql.createConnection({ ...config })
  const { stream } = (connection as unknown as { connection: { stream: { destroyed: boolean } } }).connection
  const bench = new Bench({ time: 1_000, warmupTime: 200 })
  bench.add('peek', () => peek(() => !stream.destroyed))
  bench.add('ping', () => connection.ping())
  await bench.run()
  const p50 = (name: string): number => {
    const result = bench.getTask(name)?.result
    if (result === undefined || !('latency' in result)) throw new Error(`${name} was not measured`)
    return result.latency.p50 * 1_000
  }
  const cost = { peekUs: p50('peek'), pingUs: p50('ping') }
  await connection.end()
  return cost
}
