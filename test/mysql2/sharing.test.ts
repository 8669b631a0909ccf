import { startChaosProxy } from '@comeback/chaos'
import { SharedConnectionError } from '@comeback/core'
import mysql from '@comeback/mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { type Server, startServer } from '../database/index.js'

let server: Server
beforeAll(async () => {
  server = await startServer({ flavour: 'mariadb' })
  await server.admin.query('CREATE TABLE test.facts (id INT PRIMARY KEY AUTO_INCREMENT, value VARCHAR(64))')
})
afterAll(() => server.stop())

const rows = async (value: string): Promise<number> => {
  const [row] = await server.admin.query<{ n: number }>(
    'SELECT COUNT(*) AS n FROM test.facts WHERE value = ?',
    [value],
  )
  return Number(row?.n)
}

const turn = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5))

describe('one connection in the hands of two flows (13)', () => {
  it('refuses a statement inside somebody else’s transaction before a byte is sent, and shows both stacks', async () => {
    await using proxy = await startChaosProxy({ target: { host: server.host, port: server.port } })
    const connection = await mysql.createConnection(proxy.config(server.config))
    const owner = async function takeOrder(): Promise<void> {
      await connection.beginTransaction()
      for (let n = 0; n < 6; n += 1) {
        await connection.query("INSERT INTO facts (value) SELECT 'owner' FROM (SELECT SLEEP(0.02)) AS slow")
      }
      await connection.commit()
    }
    const stranger = async function logVisit(): Promise<Error> {
      await new Promise(resolve => setTimeout(resolve, 50))
      return failureOf(connection.query("INSERT INTO facts (value) VALUES ('stranger')"))
    }
    // As two requests of a server: the one that comes later does not start from within the other.
    const [error] = await Promise.all([stranger(), owner()])
    expect(error).toBeInstanceOf(SharedConnectionError)
    expect(error).toMatchObject({ conflict: 'async-context', executed: 'no' })
    expect((error as SharedConnectionError).ownerStack).toContain('takeOrder')
    expect((error as SharedConnectionError).otherStack).toContain('logVisit')
    expect(await rows('owner')).toBe(6)
    expect(await rows('stranger')).toBe(proxy.journal.sentTimes(/stranger/))
    await connection.end()
  })

  it('lets the statements of one transaction run side by side', async () => {
    const connection = await mysql.createConnection(server.config)
    await connection.beginTransaction()
    const insert = (): Promise<unknown> =>
      connection.query("INSERT INTO facts (value) VALUES ('side by side')")
    await Promise.all([insert(), insert(), insert()])
    await Promise.all([insert(), turn().then(insert)])
    await connection.commit()
    expect(await rows('side by side')).toBe(5)
    await connection.end()
  })

  it('can be told to warn only, or not to look', async () => {
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    try {
      for (const sharing of ['warn', 'off'] as const) {
        const connection = await mysql.createConnection(server.config, { sharing })
        const owner = async (): Promise<void> => {
          await connection.beginTransaction()
          for (let n = 0; n < 4; n += 1) await connection.query('DO SLEEP(0.02)')
          await connection.commit()
        }
        const stranger = async (): Promise<void> => {
          await new Promise(resolve => setTimeout(resolve, 50))
          await connection.query('DO 2')
        }
        await Promise.all([stranger(), owner()])
        await connection.end()
        await turn()
        const shared = warnings.filter(({ name }) => name === 'SharedConnectionWarning')
        if (sharing === 'warn') expect(shared.length).toBeGreaterThan(0)
        else expect(shared).toHaveLength(0)
        warnings.length = 0
      }
    } finally {
      process.off('warning', note)
    }
  })

  it('does not take callbacks for strangers', async () => {
    const { createConnection } = await import('@comeback/mysql2')
    const connection = createConnection(server.config)
    await new Promise<void>((resolve, reject) => {
      const next = (sql: string, then: () => void): void => {
        connection.query(sql, error => (error ? reject(error) : then()))
      }
      next('START TRANSACTION', () =>
        next("INSERT INTO facts (value) VALUES ('callback')", () =>
          next("INSERT INTO facts (value) VALUES ('callback')", () => next('COMMIT', resolve)),
        ),
      )
    })
    expect(await rows('callback')).toBe(2)
    connection.destroy()
  })
})
