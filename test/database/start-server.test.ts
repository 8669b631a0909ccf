import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import { processesWith } from './fixtures/processes.js'
import { availableServers, startServer } from './index.js'

const lanes = (await availableServers()).filter(server => server.kind === 'binary')

for (const { flavour, version } of lanes) {
  describe(`a throw-away ${flavour} ${version} server`, () => {
    it('is one of any number that run beside each other, each with its own port and data', async () => {
      await using first = await startServer({ flavour })
      const more = await Promise.all([startServer({ flavour }), startServer({ flavour })])
      await using second = more[0]
      await using third = more[1]
      const servers = [first, second, third]

      expect(new Set(servers.map(server => server.port)).size).toBe(3)
      expect(new Set(servers.map(server => server.pid)).size).toBe(3)
      await first.admin.query('CREATE TABLE only_here (id INT)')
      expect(await first.admin.query("SHOW TABLES LIKE 'only_here'")).toHaveLength(1)
      expect(await second.admin.query("SHOW TABLES LIKE 'only_here'")).toHaveLength(0)
    })

    it('knows an application user with a password, and root without one over TCP and the socket file', async () => {
      await using server = await startServer({ flavour })
      const root = { user: 'root', socketPath: server.socketPath ?? '' }
      const users: unknown[] = []
      for (const login of [server.config, { uri: server.url }, server.rootConfig, root]) {
        const connection = await createConnection(login)
        const [rows] = await connection.query<RowDataPacket[]>(
          'SELECT CURRENT_USER() AS user, VERSION() AS version',
        )
        users.push(rows[0]?.['user'])
        expect(rows[0]?.['version']).toContain(server.version)
        await connection.end()
      }

      expect(users).toEqual(['app@%', 'app@%', 'root@127.0.0.1', 'root@localhost'])
      await expect(createConnection({ ...server.config, password: 'wrong' })).rejects.toMatchObject({
        errno: 1045,
      })
    })

    it('lets the application user create what it likes in the databases test and test_…', async () => {
      await using server = await startServer({ flavour })
      const connection = await createConnection(server.config)
      await connection.query('CREATE TABLE own (id INT)')
      await connection.query('CREATE DATABASE test_other')
      await connection.query('USE test_other')
      await expect(connection.query('CREATE DATABASE elsewhere')).rejects.toMatchObject({ errno: 1044 })
      await connection.end()
    })

    it('runs with the extra flags, which override its own', async () => {
      await using server = await startServer({
        flavour,
        flags: ['--wait-timeout=77', '--max-connections=33'],
      })
      const sql = 'SELECT @@GLOBAL.wait_timeout AS wait, @@GLOBAL.max_connections AS most'
      expect(await server.admin.query(sql)).toEqual([{ wait: 77, most: 33 }])
      await server.restart({ graceful: false })
      expect(await server.admin.query(sql)).toEqual([{ wait: 77, most: 33 }])
    })

    it('keeps committed rows, and only those, through kill9 and start', async () => {
      await using server = await startServer({ flavour })
      const connection = await createConnection(server.config)
      connection.on('error', () => {})
      await connection.query('CREATE TABLE kept (id INT PRIMARY KEY) ENGINE=InnoDB')
      for (let id = 1; id <= 20; id++) await connection.query('INSERT INTO kept VALUES (?)', [id])
      await connection.beginTransaction()
      await connection.query('INSERT INTO kept VALUES (99)')
      const { port, pid } = server

      await server.kill9()
      expect(server.pid).toBeUndefined()
      await expect(createConnection(server.config)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      await expect(server.admin.query('SELECT 1')).rejects.toThrow('the server is down')

      await server.start()
      expect(server.port).toBe(port)
      expect(server.pid).not.toBe(pid)
      const [row] = await server.admin.query('SELECT COUNT(*) AS count, MAX(id) AS last FROM kept')
      expect(row).toEqual({ count: 20, last: 20 })
    })

    it('restarts gracefully on the same port while clients are connected', async () => {
      await using server = await startServer({ flavour })
      const { port } = server
      const connection = await createConnection(server.config)
      connection.on('error', () => {})
      await server.restart()
      expect(server.port).toBe(port)
      await expect(connection.query('SELECT 1')).rejects.toThrow()
      expect(await server.admin.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
      expect(await server.log()).toMatch(/shutdown complete/i)
      connection.destroy()
    })

    it('leaves a query without an answer while frozen, and answers it when thawed', async () => {
      await using server = await startServer({ flavour })
      const connection = await createConnection(server.config)
      await server.freeze()
      let answered = false
      const answer = connection.query<RowDataPacket[]>('SELECT 7 AS seven').then(([rows]) => {
        answered = true
        return rows
      })
      await expect(createConnection({ ...server.config, connectTimeout: 200 })).rejects.toMatchObject({
        code: 'ETIMEDOUT',
      })
      expect(answered).toBe(false)
      await expect(server.admin.query('SELECT 1')).rejects.toThrow('the server is frozen')

      await server.thaw()
      expect(await answer).toEqual([{ seven: 7 }])
      await connection.end()
    })

    it('is killed and started again while frozen', async () => {
      await using server = await startServer({ flavour })
      await server.freeze()
      await server.kill9()
      await server.start()
      expect(await server.admin.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    })

    it('lists and kills the connections of clients, and not those of its helper', async () => {
      await using server = await startServer({ flavour })
      const session = await server.admin.connect()
      const one = await createConnection(server.config)
      const two = await createConnection(server.config)
      const lost = [one, two].map(client => new Promise(resolve => client.once('error', resolve)))
      const rows = await server.admin.processlist()

      expect(rows.map(row => row.id).sort()).toEqual([one.threadId, two.threadId].sort())
      expect(rows[0]).toMatchObject({ user: 'app', database: 'test', command: 'Sleep' })
      await server.admin.kill(one.threadId)
      await lost[0]
      expect(await server.admin.killAll()).toEqual([two.threadId])
      await lost[1]
      await expect(session.query('SELECT 1')).resolves.toBeDefined()
      await session.end()
      await expect(server.admin.kill(one.threadId)).rejects.toMatchObject({ errno: 1094 })
    })

    it('leaves neither process nor folder when stopped', async () => {
      const server = await startServer({ flavour })
      const folder = dirname(server.socketPath ?? '')
      expect(existsSync(folder)).toBe(true)
      await server.stop()
      await server.stop()
      expect(existsSync(folder)).toBe(false)
      expect(processesWith(folder)).toEqual([])
      await expect(server.start()).rejects.toThrow('the server was stopped')
    })

    it('says what the server wrote when a flag is wrong, and leaves nothing', async () => {
      const wrong = startServer({ flavour, flags: ['--no-such-flag'] })
      await expect(wrong).rejects.toThrow(/ended while starting[\s\S]*no-such-flag/)
      expect(processesWith('--no-such-flag')).toEqual([])
    })
  })
}

it('at least one lane runs on a server program', () => {
  expect(lanes.length).toBeGreaterThan(0)
})

it('an option that startServer does not know is refused by name', async () => {
  await expect(startServer({ flag: [] } as object)).rejects.toThrow(
    'unknown option flag; known: flavour, flags',
  )
  await expect(startServer({ startTimeoutMs: Number.NaN })).rejects.toThrow(
    'startTimeoutMs must be 1 to 600000',
  )
})
