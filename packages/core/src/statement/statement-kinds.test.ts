import { describe, expect, test } from 'vitest'
import { statementFacts } from './cached-facts.js'
import type { StatementKind } from './statement-facts.js'

const kinds: Readonly<Record<StatementKind, readonly string[]>> = {
  read: [
    'SELECT 1',
    '(SELECT 1) UNION (SELECT 2)',
    '((select 1))',
    'VALUES ROW(1)',
    'TABLE t',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'WITH RECURSIVE a (n) AS (SELECT 1 UNION SELECT n FROM a), b AS (SELECT 2) SELECT * FROM a, b',
    'WITH RECURSIVE a AS (SELECT 1) CYCLE x, y RESTRICT SELECT * FROM a',
    'WITH a AS (SELECT 1) (SELECT * FROM a) UNION (SELECT 2)',
    'SHOW TABLES',
    'DESC t',
    'DESCRIBE t',
    'EXPLAIN t',
    'EXPLAIN UPDATE t SET a = 1',
    'EXPLAIN FORMAT=JSON DELETE FROM t',
    'EXPLAIN ANALYZE SELECT 1',
    'ANALYZE SELECT 1',
    'ANALYZE FORMAT=JSON SELECT 1',
    "HELP 'x'",
    'CHECKSUM TABLE t',
    'XA RECOVER',
    'SET STATEMENT max_statement_time=1 FOR SELECT 1',
    'HANDLER t READ FIRST',
    '/*! SELECT 1 */',
    '/* a */ -- b\n# c\nSELECT 1',
  ],
  write: [
    '',
    '-- nothing',
    'INSERT INTO t VALUES (1)',
    'REPLACE INTO t VALUES (1)',
    'UPDATE t SET a = 1',
    'DELETE FROM t',
    "LOAD DATA INFILE 'x' INTO TABLE t",
    'CALL p()',
    'DO SLEEP(0)',
    'KILL 5',
    'EXECUTE s',
    "EXECUTE IMMEDIATE 'SELECT 1'",
    "BINLOG 'x'",
    'WITH a AS (SELECT 1) DELETE FROM t',
    'WITH a AS (SELECT 1) UPDATE t, a SET t.x = 1',
    'WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a',
    'WITH a SELECT 1',
    'BEGIN NOT ATOMIC INSERT INTO t VALUES (1); END',
    'SET STATEMENT max_statement_time=1 FOR INSERT INTO t VALUES (1)',
    'SET STATEMENT max_statement_time=1 FOR SET x = 1',
    'ANALYZE UPDATE t SET a = 1',
    'ANALYZE FORMAT=JSON DELETE FROM t',
    'EXPLAIN ANALYZE DELETE FROM t',
    'EXPLAIN ANALYZE WITH a AS (SELECT 1) DELETE FROM t',
    "SELECT * FROM t INTO OUTFILE '/x'",
    'SELECT 1 INTO @a',
    'EXPLAIN FORMAT=JSON INTO @a SELECT 1',
    'SELECT 1; SELECT 2',
    'SELECT 1; INSERT INTO t VALUES (1)',
    'START TRANSACTION; INSERT INTO t VALUES (1)',
    ';SELECT 1',
    'START REPLICA',
    'SET GLOBAL x = 1',
    "SET PASSWORD = 'x'",
    'SET DEFAULT ROLE r TO u',
    'SET nonsense',
    'BEGIN x',
    'COMMIT x',
    'ROLLBACK TO a b',
    'FROBNICATE t',
    '(DELETE FROM t)',
    "'SELECT 1'",
    '`SELECT` 1',
    '"SELECT" 1',
    'SELECTED 1',
    'ſELECT 1',
    "SELECT 'a",
    'SELECT /* a',
    'SELECT $$a$$',
    'SELECT (1',
    'SELECT 1)',
    'IF 1 THEN SELECT 1; END IF',
    '1 SELECT',
  ],
  ddl: [
    'CREATE TABLE t (id INT)',
    'CREATE TABLE t SELECT 1',
    'CREATE TEMPORARY TABLE t (id INT)',
    'CREATE OR REPLACE TEMPORARY TABLE t (id INT)',
    'ALTER TABLE t ADD x INT',
    'DROP TABLE t',
    'DROP TEMPORARY TABLE t',
    'TRUNCATE t',
    'RENAME TABLE a TO b',
    "GRANT ALL ON *.* TO 'a'@'b'",
    "REVOKE ALL ON *.* FROM 'a'@'b'",
    'ANALYZE TABLE t',
    'ANALYZE LOCAL TABLE t',
    'OPTIMIZE TABLE t',
    'REPAIR TABLE t',
    'CHECK TABLE t',
    'FLUSH TABLES',
    'LOCK TABLES t READ',
    'UNLOCK TABLES',
    'LOAD INDEX INTO CACHE t',
  ],
  transaction: ['BEGIN', 'START TRANSACTION', 'COMMIT', 'ROLLBACK', 'SAVEPOINT a', "XA START 'x'"],
  session: [
    'SET x = 1',
    'USE a',
    "PREPARE s FROM 'SELECT 1'",
    'DEALLOCATE PREPARE s',
    'DROP PREPARE s',
    'HANDLER t OPEN',
    'GET DIAGNOSTICS @n = NUMBER',
    'SET ROLE r',
  ],
}

describe('the kind of a statement', () => {
  test.each(Object.entries(kinds).flatMap(([kind, all]) => all.map(sql => [kind, sql] as const)))(
    'is %s: %j',
    (kind, sql) => {
      expect(statementFacts(sql).kind).toBe(kind)
      expect(statementFacts(`${sql.toLowerCase()} `).kind).toBe(kind)
    },
  )

  test('shows the verb only when it is a keyword', () => {
    expect(statementFacts('select 1').verb).toBe('SELECT')
    expect(statementFacts('(select 1)').verb).toBe('SELECT')
    expect(statementFacts('set a = 1; commit').verb).toBe('SET')
    for (const sql of ['hunter2 1', '', "'a'", "SELECT 'a", '(delete)'])
      expect(statementFacts(sql).verb).toBe('')
  })
})

describe('an implicit commit', () => {
  test.each([
    'CREATE TABLE t (id INT)',
    'ALTER TABLE t ADD x INT',
    'DROP TABLE t',
    'TRUNCATE t',
    'RENAME TABLE a TO b',
    'GRANT ALL ON *.* TO a',
    'ANALYZE TABLE t',
    'LOCK TABLES t READ',
    'UNLOCK TABLES',
    'FLUSH TABLES WITH READ LOCK',
    'BEGIN',
    'START TRANSACTION',
    'SET autocommit = 1',
    'SET @@autocommit = ON',
    "SET PASSWORD = 'x'",
    'START REPLICA',
    'LOAD INDEX INTO CACHE t',
    'SELECT 1; DROP TABLE t',
    '/*!80000 DROP TABLE t */',
  ])('comes with: %s', sql => {
    expect(statementFacts(sql).implicitCommit).toBe(true)
  })

  test.each([
    'CREATE TEMPORARY TABLE t (id INT)',
    'DROP TEMPORARY TABLE t',
    'INSERT INTO t VALUES (1)',
    'SET autocommit = 0',
    'SET x = 1',
    'COMMIT',
    'SAVEPOINT a',
    'CHECKSUM TABLE t',
    'ANALYZE SELECT 1',
  ])('does not come with: %s', sql => {
    expect(statementFacts(sql).implicitCommit).toBe(false)
  })
})
