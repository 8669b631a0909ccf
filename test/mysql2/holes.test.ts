import { cutAfterForward, injectError } from '@comeback/chaos'
import { LostTransactionError, OutcomeUnknownError, SessionLostError } from '@comeback/mysql2'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../contract/failure.js'
import { change, firstRow, marker, onEveryServer } from './bed.js'

await onEveryServer(bed => {
  describe('a statement that reads what the lost link knew', () => {
    it('LAST_INSERT_ID() is refused, not answered with 0', async () => {
      const session = await bed.connect()
      await change(session, "INSERT INTO facts (value) VALUES ('parent')")
      await bed.lose(session)
      const value = marker()
      const failure = await failureOf(
        session.query(`INSERT INTO facts (value) SELECT CONCAT('${value}', LAST_INSERT_ID() * 0)`),
      )
      expect(failure).toBeInstanceOf(SessionLostError)
      expect(await bed.rows(`${value}0`)).toBe(0)
    })

    it('FOUND_ROWS() is refused', async () => {
      const session = await bed.connect()
      await session.query('SELECT SQL_CALC_FOUND_ROWS 1 UNION ALL SELECT 2 LIMIT 1')
      await bed.lose(session)
      expect(await failureOf(session.query('SELECT FOUND_ROWS()'))).toBeInstanceOf(SessionLostError)
    })

    it('ROW_COUNT() is refused', async () => {
      const session = await bed.connect()
      await change(session, "INSERT INTO facts (value) VALUES ('counted')")
      await bed.lose(session)
      expect(await failureOf(session.query('SELECT ROW_COUNT()'))).toBeInstanceOf(SessionLostError)
    })
  })

  describe('a session with something that no other link can be given', () => {
    const leavings = [
      { what: 'a user lock', sql: "SELECT GET_LOCK('hole', 0)" },
      { what: 'a user variable', sql: 'SET @kept = 7' },
      { what: 'a user variable assigned in a SELECT', sql: 'SELECT @kept := 7' },
      { what: 'a temporary table', sql: 'CREATE TEMPORARY TABLE mine (id INT)' },
      { what: 'locked tables', sql: 'LOCK TABLES facts WRITE' },
      { what: 'a variable set by an expression', sql: "SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')" },
      { what: 'a statement prepared in SQL', sql: "PREPARE p FROM 'SELECT 1'" },
    ]
    for (const { what, sql } of leavings) {
      it(`${what} ends its next statement in SessionLostError, and only that one`, async () => {
        const session = await bed.connect()
        await session.query(sql)
        await bed.lose(session)
        const value = marker()
        const failure = await failureOf(change(session, 'INSERT INTO facts (value) VALUES (?)', [value]))
        expect(failure).toBeInstanceOf(SessionLostError)
        expect(await bed.rows(value)).toBe(0)
        await change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
        expect(await bed.rows(value)).toBe(1)
      })
    }

    it('is refused as well when the loss has not been heard of before the statement', async () => {
      const session = await bed.connect(bed.direct)
      await session.query("SELECT GET_LOCK('hole', 0)")
      bed.killUnseen()
      const value = marker()
      const failure = await failureOf(change(session, 'INSERT INTO facts (value) VALUES (?)', [value]))
      expect(failure).toBeInstanceOf(SessionLostError)
      expect(await bed.rows(value)).toBe(0)
    })

    it('a text that sets by an expression is not repeated on the new link', async () => {
      const session = await bed.connect()
      await session.query("SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')")
      await bed.lose(session)
      await failureOf(session.query('SELECT 1'))
      await session.query('SELECT 1')
      expect(bed.proxy.journal.sentTimes(/CONCAT/)).toBe(1)
    })
  })

  describe('a session without autocommit', () => {
    it('ends its next statement in an error after a loss, and nothing is committed', async () => {
      const session = await bed.connect()
      await session.query('SET autocommit=0')
      await bed.lose(session)
      const value = marker()
      const failure = await failureOf(change(session, 'INSERT INTO facts (value) VALUES (?)', [value]))
      expect(failure).toBeInstanceOf(SessionLostError)
      expect(await bed.rows(value)).toBe(0)
    })

    it('loses its open work as a transaction', async () => {
      const session = await bed.connect()
      await session.query('SET autocommit=0')
      const value = marker()
      await change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
      await bed.lose(session)
      const failure = await failureOf(change(session, 'INSERT INTO facts (value) VALUES (?)', [value]))
      expect(failure).toBeInstanceOf(LostTransactionError)
      expect(await bed.rows(value)).toBe(0)
    })
  })

  describe('a session gets back on its new link', () => {
    it('the schema of USE', async () => {
      const session = await bed.connect()
      await session.query('USE information_schema')
      await bed.lose(session)
      expect(await firstRow(session, 'SELECT DATABASE() AS name')).toEqual({ name: 'information_schema' })
    })

    it('sql_mode, time_zone, character set and isolation level', async () => {
      const session = await bed.connect()
      await session.query("SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'")
      await session.query("SET time_zone = '+07:30'")
      await session.query('SET NAMES latin1 COLLATE latin1_german2_ci')
      await session.query('SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE')
      const isolation = bed.flavour === 'mysql' ? 'transaction_isolation' : 'tx_isolation'
      const sql = `SELECT @@sql_mode AS mode, @@time_zone AS zone, @@collation_connection AS coll,
        @@character_set_results AS results, @@${isolation} AS isolation`
      const before = await firstRow(session, sql)
      await bed.lose(session)
      // What reads the session's own state is refused on the first statement after a loss.
      await session.query('SELECT 1')
      expect(await firstRow(session, sql)).toEqual(before)
      expect(before).toMatchObject({ zone: '+07:30', coll: 'latin1_german2_ci', isolation: 'SERIALIZABLE' })
    })

    it('its variables, though KILL QUERY stops what restores them', async () => {
      const session = await bed.connect()
      await session.query("SET time_zone = '+07:30'")
      await bed.lose(session)
      bed.proxy.inject(injectError({ errno: 1317, ending: 'keep' }), { match: /time_zone/ })
      const value = marker()
      await change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
      expect(await bed.rows(value)).toBe(1)
      expect(await firstRow(session, 'SELECT @@time_zone AS zone')).toEqual({ zone: '+07:30' })
    })

    it('no one-shot value such as SET timestamp', async () => {
      const session = await bed.connect()
      await session.query('SET timestamp = 1000000000')
      await bed.lose(session)
      const again = await session.query('SELECT UNIX_TIMESTAMP() AS now').catch((error: unknown) => error)
      if (again instanceof Error) expect(again).toBeInstanceOf(SessionLostError)
      expect(bed.proxy.journal.sentTimes(/SET timestamp/i)).toBe(1)
      expect((await firstRow(session, 'SELECT UNIX_TIMESTAMP() AS now'))['now']).toBeGreaterThan(1e9 + 1e6)
    })

    it('the isolation level of SET TRANSACTION with a BEGIN in which nothing was done', async () => {
      const session = await bed.connect()
      await session.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE')
      await session.query('BEGIN')
      await bed.lose(session)
      const value = marker()
      await change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
      const [trx] = await bed.server.admin.query<{ level: string }>(
        `SELECT trx_isolation_level AS level FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = ${session.threadId}`,
      )
      expect(trx?.level).toBe('SERIALIZABLE')
      await session.query('ROLLBACK')
      expect(await bed.rows(value)).toBe(0)
    })
  })

  describe('a transaction that the client did not see begin', () => {
    it('a procedure that begins one and fails counts as in a transaction', async () => {
      const value = marker()
      await bed.server.admin.query(
        `CREATE PROCEDURE test.begins() BEGIN START TRANSACTION; INSERT INTO test.facts (value) VALUES ('${value}'); SELECT * FROM test.nowhere; END`,
      )
      const session = await bed.connect()
      expect(await failureOf(session.query('CALL begins()'))).toHaveProperty('errno', 1146)
      await bed.lose(session)
      const failure = await failureOf(change(session, 'INSERT INTO facts (value) VALUES (?)', [value]))
      expect(failure).toBeInstanceOf(LostTransactionError)
      expect(await bed.rows(value)).toBe(0)
      await bed.dropping('DROP PROCEDURE test.begins')
    })

    it('START TRANSACTION and a failing statement in one text count as in a transaction', async () => {
      const session = await bed.connect({ multipleStatements: true })
      await failureOf(session.query('START TRANSACTION; SELECT * FROM nowhere'))
      await bed.lose(session)
      const value = marker()
      const failure = await failureOf(change(session, 'INSERT INTO facts (value) VALUES (?)', [value]))
      expect(failure).toBeInstanceOf(LostTransactionError)
      expect(await bed.rows(value)).toBe(0)
    })

    it('after XA PREPARE the outcome is unknown', async () => {
      const value = marker()
      const session = await bed.connect()
      await session.query(`XA START '${value}'`)
      await change(session, 'INSERT INTO facts (value) VALUES (?)', [value])
      await session.query(`XA END '${value}'`)
      await session.query(`XA PREPARE '${value}'`)
      await bed.lose(session)
      const failure = await failureOf(session.query('SELECT 1'))
      expect(failure).toMatchObject({ outcome: 'unknown' })
      expect(failure).toBeInstanceOf(LostTransactionError)
      await bed.server.admin.query(`XA COMMIT '${value}'`)
      expect(await bed.rows(value)).toBe(1)
    })
  })

  describe('a statement whose first word lies is not sent again when its answer is lost', () => {
    const liars = [
      { what: 'SELECT and INSERT in one text', sql: (v: string) => `SELECT 1; ${insert(v)}`, mysqlToo: true },
      {
        what: 'START TRANSACTION and INSERT in one text',
        sql: (v: string) => `START TRANSACTION; ${insert(v)}; COMMIT`,
        mysqlToo: true,
      },
      {
        what: 'SELECT of a stored function',
        sql: (v: string) => `SELECT writes('${v}')`,
        mysqlToo: true,
      },
      { what: 'BEGIN NOT ATOMIC', sql: (v: string) => `BEGIN NOT ATOMIC ${insert(v)}; END`, mysqlToo: false },
      {
        what: 'SET STATEMENT … FOR',
        sql: (v: string) => `SET STATEMENT max_statement_time=5 FOR ${insert(v)}`,
        mysqlToo: false,
      },
      {
        what: 'ANALYZE INSERT',
        sql: (v: string) => `ANALYZE INSERT INTO facts (value) SELECT '${v}'`,
        mysqlToo: false,
      },
    ]
    for (const { what, sql, mysqlToo } of liars) {
      if (!mysqlToo && bed.flavour === 'mysql') continue
      it(what, async () => {
        await bed.server.admin.query('DROP FUNCTION IF EXISTS test.writes')
        await bed.server.admin.query(
          'CREATE FUNCTION test.writes(v VARCHAR(64)) RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO test.facts (value) VALUES (v); RETURN 1; END',
        )
        const session = await bed.connect({ multipleStatements: true })
        const value = marker()
        bed.proxy.inject(cutAfterForward(), { match: new RegExp(value) })
        const failure = await failureOf(session.query(sql(value)))
        expect(
          failure instanceof OutcomeUnknownError || failure instanceof LostTransactionError,
          String(failure),
        ).toBe(true)
        expect(bed.proxy.journal.sentTimes(new RegExp(value))).toBe(1)
        expect(await bed.rows(value)).toBe(1)
      })
    }
  })
})

function insert(value: string): string {
  return `INSERT INTO facts (value) VALUES ('${value}')`
}
