import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { availableServers } from '../database/index.js'
import { callbackFlavour, eventually, outcome, useBed } from './bed.js'

for (const { flavour, version } of await availableServers()) {
  describe(`the journal, in front of ${flavour} ${version}`, () => {
    const bed = useBed(flavour, ['--max-allowed-packet=64M'])

    it('shows commands in order, with what was answered to them', async () => {
      const client = await bed.connect()
      await client.query('INSERT INTO t (v) VALUES (1), (2), (3)')
      await client.query('UPDATE t SET v = v + 1 WHERE v > 1')
      await client.query('SELECT v FROM t')
      expect(await outcome(client.query('SELECT nonsense FROM t'))).toBe(1054)
      await client.ping()
      await client.end()
      await bed.proxy.until(journal => journal.openConnections.length === 0)
      const { commands } = bed.proxy.journal
      expect(commands.map(({ seq, index }) => [seq, index])).toEqual([1, 2, 3, 4, 5, 6].map(n => [n, n]))
      expect(commands).toMatchObject([
        { kind: 'query', answered: 'yes', answer: { kind: 'ok', affectedRows: 3 } },
        { kind: 'query', answered: 'yes', answer: { kind: 'ok', affectedRows: 2 } },
        { kind: 'query', answered: 'yes', answer: { kind: 'rows', rows: 3 } },
        { kind: 'query', answered: 'yes', answer: { kind: 'err', errno: 1054, sqlState: '42S22' } },
        { kind: 'ping', answered: 'yes', answer: { kind: 'ok' } },
        { kind: 'quit', forwarded: 'yes', answered: 'no', answer: undefined },
      ])
    })

    it('shows the text of prepared statements wherever they are used', async () => {
      const client = await bed.connect()
      const [insert, select] = ['INSERT INTO t (v) VALUES (?)', 'SELECT v FROM t WHERE v > ?']
      const prepared = await client.prepare(insert)
      await prepared.execute([1])
      await client.execute(select, [0])
      await prepared.execute([2])
      await prepared.close()
      await client.execute(select, [0])
      expect(bed.proxy.journal.commands.map(({ kind, sql, answer }) => [kind, sql, answer?.rows])).toEqual([
        ['prepare', insert, 0],
        ['execute', insert, 0],
        ['prepare', select, 0],
        ['execute', select, 1],
        ['execute', insert, 0],
        ['close-statement', insert, undefined],
        ['execute', select, 2],
      ])
      expect(bed.proxy.journal.sentTimes(/^INSERT/)).toBe(2)
      const [first, second] = bed.proxy.journal.commands
      expect(first?.answer?.statementId).toBe(second?.statementId)
    })

    it('knows several results of one text, and of a procedure', async () => {
      await bed.server.admin.query('DROP PROCEDURE IF EXISTS test.p')
      await bed.server.admin.query('CREATE PROCEDURE test.p() BEGIN SELECT 1; SELECT 1 UNION SELECT 2; END')
      const client = await bed.connect({ multipleStatements: true })
      await client.query('SELECT 1; INSERT INTO t (v) VALUES (1), (2); SELECT v FROM t')
      await client.query('CALL p()')
      expect(await outcome(client.query('SELECT 1; SELECT nonsense; SELECT 2'))).toBe(1054)
      await client.query('SELECT 1')
      expect(bed.proxy.journal.commands.map(({ answer }) => answer)).toMatchObject([
        { kind: 'rows', rows: 3, results: 3, affectedRows: 2 },
        { kind: 'rows', rows: 3, results: 3 },
        { kind: 'err', errno: 1054, rows: 1 },
        { kind: 'rows', rows: 1, results: 1 },
      ])
    })

    it('does not take an uploaded file for commands', async () => {
      const client = await bed.connect()
      const file = Array.from({ length: 20_000 }, (_, line) => `${line}\n`).join('')
      await client.query({
        sql: "LOAD DATA LOCAL INFILE 'numbers' INTO TABLE t (v)",
        infileStreamFactory: () => Readable.from([Buffer.from(file)]),
      })
      await client.query('SELECT 1')
      expect(bed.proxy.journal.commands.map(({ kind, answer }) => [kind, answer?.affectedRows])).toEqual([
        ['query', 20_000],
        ['query', 0],
      ])
    })

    it('follows commands and rows larger than one packet', async () => {
      const client = await bed.connect()
      const size = 17_000_000
      const text = 'x'.repeat(size)
      await client.query(`INSERT INTO t (v) VALUES (LENGTH('${text}'))`)
      const [rows] = await client.query(`SELECT REPEAT('y', ${size}) AS y`)
      await client.query('SELECT 1')
      expect((rows as { y: string }[])[0]?.y.length).toBe(size)
      expect(await bed.values()).toEqual([size])
      const [insert, select, last] = bed.proxy.journal.commands
      expect(insert?.bytes).toBeGreaterThan(size)
      expect(insert?.sql?.startsWith("INSERT INTO t (v) VALUES (LENGTH('xxx")).toBe(true)
      expect(insert).toMatchObject({ forwarded: 'yes', answered: 'yes', answer: { affectedRows: 1 } })
      expect(select?.answer?.rows).toBe(1)
      expect(last?.answer?.rows).toBe(1)
    })

    it('follows a connection through reset and change of user', async () => {
      const client = await bed.connect()
      await client.reset()
      const { user, password, database } = bed.server.config
      await client.changeUser({ user, password, database })
      await client.query('SELECT 1')
      expect(await outcome(client.changeUser({ user, password: 'wrong' }))).toBe(1045)
      expect(bed.proxy.journal.commands.map(({ kind, answer }) => [kind, answer?.kind])).toEqual([
        ['reset-connection', 'ok'],
        ['change-user', 'ok'],
        ['query', 'rows'],
        ['change-user', 'err'],
      ])
    })

    it('knows a connection by its ports, its thread and its server', async () => {
      const client = await bed.connect()
      const [connection] = bed.proxy.journal.connections
      expect(connection).toMatchObject({
        id: 1,
        open: true,
        serverOpen: true,
        loggedIn: true,
        opaque: false,
        threadId: callbackFlavour(client).threadId,
      })
      expect(connection?.serverVersion).toContain(version)
      const [thread] = await bed.server.admin.processlist()
      expect(thread?.host).toBe(`127.0.0.1:${connection?.serverPort}`)
    })

    it('knows who ended a connection', async () => {
      const [leaving, killed, cut] = [await bed.connect(), await bed.connect(), await bed.connect()]
      await leaving.end()
      await bed.server.admin.kill(callbackFlavour(killed).threadId ?? 0)
      await bed.proxy.until(journal => journal.openConnections.length === 1)
      bed.proxy.cutAll('rst')
      expect(await outcome(cut.query('SELECT 1'))).not.toBe('ok')
      expect(bed.proxy.journal.connections.map(({ closedBy }) => closedBy)).toEqual([
        'client',
        'server',
        'proxy',
      ])
      expect(bed.proxy.journal.connections[2]?.closeKind).toBe('rst')
    })

    it('sees a failed login', async () => {
      expect(await outcome(bed.connect({ password: 'wrong' }))).toBe(1045)
      expect(bed.proxy.journal.connections).toMatchObject([{ loggedIn: false, serverErrors: [1045] }])
      expect(bed.proxy.journal.commands).toEqual([])
    })

    it('counts what reached whom, however the client pools', async () => {
      const clients = await Promise.all([bed.connect(), bed.connect(), bed.connect()])
      const insertAll = clients.flatMap((client, n) =>
        Array.from({ length: 10 }, (_, m) => client.execute('INSERT INTO t (v) VALUES (?)', [10 * n + m])),
      )
      await Promise.all(insertAll)
      expect(bed.proxy.journal.sentTimes(/^INSERT/)).toBe(30)
      expect(bed.proxy.journal.answeredTimes(/^INSERT/)).toBe(30)
      expect(bed.proxy.journal.sentTimes(/^INSERT/, 'prepare')).toBe(3)
      expect(await bed.values()).toHaveLength(30)
    })

    it('says so when borders cannot be read, and lets the bytes pass', async () => {
      const client = await bed.connect({ compress: true })
      await client.query('INSERT INTO t (v) VALUES (1)')
      expect(bed.proxy.journal.connections[0]).toMatchObject({ opaque: true, loggedIn: true, open: true })
      expect(bed.proxy.journal.commands).toEqual([])
      expect(await bed.values()).toEqual([1])
    })

    if (flavour === 'mysql') {
      it('lets TLS pass as bytes', async () => {
        const client = await bed.connect({ ssl: { rejectUnauthorized: false } })
        await client.query('INSERT INTO t (v) VALUES (1)')
        expect(bed.proxy.journal.connections[0]).toMatchObject({ opaque: true, loggedIn: false, open: true })
        expect(await bed.values()).toEqual([1])
      })

      it('notes an error that the server sent unasked', async () => {
        const client = await bed.connect()
        await client.query('SET SESSION wait_timeout = 1')
        await bed.proxy.until(journal => journal.connections[0]?.serverErrors[0] === 4031)
        await bed.proxy.until(journal => journal.openConnections.length === 0)
        expect(bed.proxy.journal.commands).toHaveLength(1)
      })
    }

    it('is forgotten on request, while the traffic goes on', async () => {
      const client = await bed.connect()
      await client.query('SELECT 1')
      bed.proxy.journal.clear()
      expect(bed.proxy.journal.toText()).toMatch(/^connection 1, thread \d+, open$/)
      await client.query('SELECT 2')
      expect(bed.proxy.journal.commands).toMatchObject([{ seq: 2, sql: 'SELECT 2' }])
      expect(bed.proxy.journal.connections).toEqual([])
      expect(bed.proxy.journal.openConnections).toHaveLength(1)
      client.destroy()
      await eventually(
        async () => bed.proxy.journal.openConnections.length,
        count => count === 0,
      )
    })
  })
}
