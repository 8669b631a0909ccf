import fc from 'fast-check'
import { ormReads, ormWrites } from './fake-orm-statements.js'

/** Statements of every kind that write or change something; none may ever be taken for a read to be sent again. */
export const changes: readonly string[] = [
  ...ormWrites,
  'DELETE FROM t',
  'DROP TABLE t',
  'CALL p()',
  'DO f()',
  'BEGIN',
  'COMMIT',
  'SET @a = 1',
  'SET SESSION sql_mode = ANSI',
  'BEGIN NOT ATOMIC DELETE FROM t; END',
  'SET STATEMENT a = 1 FOR DELETE FROM t',
  'ANALYZE DELETE FROM t',
  'WITH a AS (SELECT 1) DELETE FROM t',
  "SELECT * FROM t INTO OUTFILE 'x'",
  'SELECT 1; DELETE FROM t',
  'SELECT f(1)',
  "SELECT GET_LOCK('a', 1)",
  'SELECT NEXT VALUE FOR s',
  'SELECT * FROM t FOR UPDATE',
  "LOAD DATA INFILE 'x' INTO TABLE t",
]

/** Pieces of SQL that mean something to the lexer or to the analysis, to be glued together. */
const fragment = fc.oneof(
  fc.constantFrom(
    ...[
      "'",
      '"',
      '`',
      '\\',
      "\\'",
      '\\"',
      '--',
      '-- ',
      '#',
      '/*',
      '*/',
      '/*!',
      '/*!40101 ',
      '/*!80000 ',
      '/*M!',
      '/*+',
    ],
    ...[
      '\n',
      ' ',
      '\t',
      '\0',
      '\u00a0',
      ';',
      ',',
      '.',
      '(',
      ')',
      '=',
      ':=',
      '?',
      '@',
      '@@',
      '@v',
      '@@session.',
      '$$',
      '{',
      '}',
    ],
    ...['1', '0x1', '1e', '1.5', "'a'", '"b"', '`c`', "x'41'", "N'a'", 'é', '😀', '\ud800'],
  ),
  fc.constantFrom(
    ...[
      'SELECT',
      'select',
      'INSERT',
      'INTO',
      'UPDATE',
      'DELETE',
      'REPLACE',
      'FROM',
      'WHERE',
      'WITH',
      'AS',
      'VALUES',
      'TABLE',
    ],
    ...[
      'SET',
      'SESSION',
      'GLOBAL',
      'NAMES',
      'USE',
      'BEGIN',
      'NOT',
      'ATOMIC',
      'COMMIT',
      'ROLLBACK',
      'TO',
      'SAVEPOINT',
      'CHAIN',
    ],
    ...[
      'STATEMENT',
      'FOR',
      'SHARE',
      'CREATE',
      'TEMPORARY',
      'LOCK',
      'UNLOCK',
      'TABLES',
      'CALL',
      'EXECUTE',
      'PREPARE',
      'XA',
      'START',
    ],
    ...[
      'TRANSACTION',
      'SHOW',
      'EXPLAIN',
      'ANALYZE',
      'DESC',
      'HANDLER',
      'GET_LOCK(',
      'RELEASE_ALL_LOCKS(',
      'LAST_INSERT_ID()',
    ],
    ...[
      'NEXT',
      'VALUE',
      'COUNT(',
      'f(',
      'autocommit',
      'timestamp',
      'END',
      'RECURSIVE',
      'DO',
      'READ',
      'ONLY',
      'WORK',
      'AND',
    ],
  ),
  fc.constantFrom(...ormReads, ...changes),
)

/** Texts from nonsense to nearly SQL. */
export const anySql: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 6,
    arbitrary: fc
      .array(fc.tuple(fragment, fc.constantFrom('', ' ', ' ', '\n')), { maxLength: 14 })
      .map(parts => parts.flat().join('')),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...ormReads, ...changes),
        fc.array(fc.tuple(fc.nat(), fragment), { maxLength: 3 }),
      )
      .map(([sql, cuts]) =>
        cuts.reduce((text, [at, piece]) => {
          const cut = at % (text.length + 1)
          return text.slice(0, cut) + piece + text.slice(cut)
        }, sql),
      ),
  },
)

/** Comments that hold no code, as they may stand between any two words. */
export const anyComment: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 20 }).map(text => `/* ${text.replaceAll(/\*\//g, '')} */`),
  fc.string({ maxLength: 20 }).map(text => `-- ${text.replaceAll('\n', '')}\n`),
  fc.string({ maxLength: 20 }).map(text => `#${text.replaceAll('\n', '')}\n`),
  fc.constantFrom(
    ' ',
    '\t',
    '\n',
    "/*'*/",
    '/*;*/',
    '/*@a:=1*/',
    '/*"*/',
    '/*`*/',
    '/**/',
    '-- \n',
    "-- it's\n",
  ),
)
