import { Worker } from 'node:worker_threads'
import type { ConnectionConfig } from '../database/index.js'

/*
 * Kills connections from another thread while this one stands still, so that the event loop has had no chance to hear
 * of it: the case in which a pool hands out a dead connection.
 */
const program = `
const { workerData, parentPort } = require('node:worker_threads')
const mysql = require('mysql2/promise')
const flag = new Int32Array(workerData.shared)
parentPort.on('message', async () => {
  const connection = await mysql.createConnection(workerData.config)
  const [rows] = await connection.query(
    "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND USER = 'app'")
  for (const { id } of rows) await connection.query('KILL ' + Number(id)).catch(() => undefined)
  for (;;) {
    const [left] = await connection.query(
      "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'app' LIMIT 1")
    if (left.length === 0) break
  }
  connection.destroy()
  Atomics.store(flag, 0, 1)
  Atomics.notify(flag, 0)
})
`

/** How long a kill may take before the test gives up. */
const PATIENCE_MS = 10_000

export class DeafKiller {
  readonly #worker: Worker
  readonly #flag: Int32Array<SharedArrayBuffer>

  constructor(config: Omit<ConnectionConfig, 'password' | 'database'> & { password?: string }) {
    const shared = new SharedArrayBuffer(4)
    this.#flag = new Int32Array(shared)
    this.#worker = new Worker(program, { eval: true, workerData: { config, shared } })
  }

  /** Returns when all client threads are gone; nothing else runs in this thread meanwhile. */
  killAll(): void {
    Atomics.store(this.#flag, 0, 0)
    this.#worker.postMessage('kill')
    if (Atomics.wait(this.#flag, 0, 0, PATIENCE_MS) === 'timed-out') {
      throw new Error('The connections were not killed in time.')
    }
    // What died within the last moment counts as just used, and is the race that nobody can win.
    Atomics.wait(this.#flag, 0, 1, 10)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}
