import { spawn } from 'node:child_process'
import { silence } from '@comeback/chaos'
import { createConnection } from '@comeback/mysql2'
import { describe, expect, it } from 'vitest'
import { callbackSide, firstRow, onEveryServer, patientPolicy, until } from './bed.js'

/** How long a process that has nothing left to do may take to end. */
const EXIT_MS = 8_000

/** Runs a program in a process of its own; resolves with how long it lived after it had said "ending". */
function timeToExit(program: string, config: object): Promise<number> {
  const options = [
    '--conditions=comeback-source',
    `--import=${import.meta.resolve('tsx')}`,
    '--input-type=module',
  ]
  const child = spawn(process.execPath, [...options, '-e', program, JSON.stringify(config)], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    let since = 0
    const timer = setTimeout(() => child.kill('SIGKILL'), 25_000)
    child.stdout.on('data', () => {
      since = performance.now()
    })
    child.once('error', reject)
    child.once('exit', code => {
      clearTimeout(timer)
      if (code === 0 && since > 0) resolve(performance.now() - since)
      else reject(new Error(`The process ended with ${code}.`))
    })
  })
}

await onEveryServer(bed => {
  describe('the loss of an idle session', () => {
    it('of a pool is told as error and end, and the pool forgets it', async () => {
      const pool = bed.pool({ connectionLimit: 1 })
      const connection = await pool.getConnection()
      const session = callbackSide(connection)
      const events: string[] = []
      session.on('error', () => events.push('error'))
      session.on('end', () => events.push('end'))
      connection.release()
      await bed.lose(connection)
      await until(() => events.includes('end'), 'the pool is told')
      expect(events.toSorted()).toEqual(['end', 'error'])
    })

    it('of the application alone is no error: the session goes on', async () => {
      const session = await bed.connect()
      const errors: unknown[] = []
      callbackSide(session).on('error', error => errors.push(error))
      await bed.lose(session)
      expect(await firstRow(session, 'SELECT 1 AS one')).toEqual({ one: 1 })
      expect(errors).toEqual([])
    })
  })

  describe('a connection that can not be opened', () => {
    it('says so by an error event when no statement is there to say it', async () => {
      const session = bed.closing(createConnection({ ...bed.viaProxy, password: 'wrong' }, patientPolicy))
      const error = await new Promise(resolve => session.once('error', resolve))
      expect(error).toHaveProperty('errno', 1045)
    })

    it('without a listener ends no process', async () => {
      const session = bed.closing(createConnection({ ...bed.viaProxy, password: 'wrong' }, patientPolicy))
      const error = await new Promise(resolve => session.connect(resolve))
      expect(error).toHaveProperty('errno', 1045)
    })
  })

  describe('a process whose network has gone silent can end', () => {
    it('after connection.end()', async () => {
      bed.proxy.inject(silence(), { kind: 'quit' })
      const program = `
        import { createConnection } from '@comeback/mysql2'
        const connection = createConnection(JSON.parse(process.argv[1]))
        connection.query('SELECT 1', () => { console.log('ending'); connection.end() })`
      expect(await timeToExit(program, bed.viaProxy)).toBeLessThan(EXIT_MS)
    })

    it('after pool.end()', async () => {
      bed.proxy.inject(silence(), { kind: 'quit' })
      const program = `
        import { createPool } from '@comeback/mysql2/promise'
        const pool = createPool(JSON.parse(process.argv[1]))
        await pool.query('SELECT 1')
        console.log('ending')
        await pool.end()`
      expect(await timeToExit(program, bed.viaProxy)).toBeLessThan(EXIT_MS)
    })

    it('after pool.end() while a query hangs', async () => {
      bed.proxy.inject(silence(), { match: /hangs/ })
      const program = `
        import { createPool } from '@comeback/mysql2/promise'
        const policy = { watchdog: { afterMs: 300, timeoutMs: 300 }, retry: { maxAttempts: 1 } }
        const pool = createPool(JSON.parse(process.argv[1]), policy)
        pool.query("SELECT 'hangs'").catch(() => undefined)
        console.log('ending')
        await pool.end()`
      expect(await timeToExit(program, bed.viaProxy)).toBeLessThan(EXIT_MS)
    })
  })
})
