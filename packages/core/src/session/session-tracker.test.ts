import { describe, expect, test } from 'vitest'
import { AUTO, AUTO_IN_TRANSACTION, FakeSession, MANUAL, MANUAL_IN_TRANSACTION } from './fake-session.js'

const begun = (): FakeSession => new FakeSession().ok('BEGIN', AUTO_IN_TRANSACTION)

type Step = (session: FakeSession) => unknown

describe('the transaction', () => {
  const cases: readonly (readonly [fact: string, step: Step, state: string, statements?: number])[] = [
    ['a new session has none', () => {}, 'none'],
    ['after BEGIN it is clean', s => s.ok('BEGIN', AUTO_IN_TRANSACTION), 'clean'],
    [
      'a ping leaves it clean',
      s => s.ok('BEGIN', AUTO_IN_TRANSACTION).tracker.statusFlags(AUTO_IN_TRANSACTION),
      'clean',
    ],
    [
      'START TRANSACTION READ ONLY is clean',
      s => s.ok('START TRANSACTION READ ONLY', AUTO_IN_TRANSACTION),
      'clean',
    ],
    [
      'a consistent snapshot can not be opened again',
      s => s.ok('START TRANSACTION WITH CONSISTENT SNAPSHOT', AUTO_IN_TRANSACTION),
      'open',
      0,
    ],
    [
      'a statement makes it open',
      s =>
        s
          .ok('BEGIN', AUTO_IN_TRANSACTION)
          .ok('SELECT 1', AUTO_IN_TRANSACTION)
          .ok('INSERT INTO t VALUES (1)', AUTO_IN_TRANSACTION),
      'open',
      2,
    ],
    [
      'a savepoint makes it open',
      s => s.ok('BEGIN', AUTO_IN_TRANSACTION).ok('SAVEPOINT a', AUTO_IN_TRANSACTION),
      'open',
      1,
    ],
    [
      'a second BEGIN makes it clean again',
      s =>
        s
          .ok('BEGIN', AUTO_IN_TRANSACTION)
          .ok('SELECT 1', AUTO_IN_TRANSACTION)
          .ok('BEGIN', AUTO_IN_TRANSACTION),
      'clean',
      0,
    ],
    [
      'BEGIN and more in one text is not clean',
      s => s.ok('BEGIN; SELECT 1', [AUTO_IN_TRANSACTION, AUTO_IN_TRANSACTION]),
      'open',
      1,
    ],
    [
      'COMMIT ends it',
      s => s.ok('BEGIN', AUTO_IN_TRANSACTION).ok('SELECT 1', AUTO_IN_TRANSACTION).ok('COMMIT'),
      'none',
      0,
    ],
    [
      'COMMIT AND CHAIN leaves one that is not clean',
      s => s.ok('BEGIN', AUTO_IN_TRANSACTION).ok('COMMIT AND CHAIN', AUTO_IN_TRANSACTION),
      'open',
    ],
    [
      'an implicit commit is seen by the flags',
      s =>
        s
          .ok('BEGIN', AUTO_IN_TRANSACTION)
          .ok('INSERT INTO t VALUES (1)', AUTO_IN_TRANSACTION)
          .ok('CREATE TABLE u (id INT)'),
      'none',
      0,
    ],
    [
      'BEGIN inside a procedure is seen by the flags',
      s => s.ok('CALL p()', [AUTO_IN_TRANSACTION, AUTO_IN_TRANSACTION]),
      'open',
      1,
    ],
    [
      'a SELECT that opens one without autocommit is seen',
      s => s.ok('SET autocommit=0', MANUAL).ok('SELECT * FROM t', MANUAL_IN_TRANSACTION),
      'open',
      1,
    ],
    [
      'an error in it makes it unsure',
      s => s.ok('BEGIN', AUTO_IN_TRANSACTION).err('INSERT INTO t VALUES (1)'),
      'unsure',
    ],
    [
      'the next OK says what the error did: kept',
      s =>
        s
          .ok('BEGIN', AUTO_IN_TRANSACTION)
          .err('INSERT INTO t VALUES (1)')
          .ok('SELECT 1', AUTO_IN_TRANSACTION),
      'open',
      1,
    ],
    [
      'the next OK says what the error did: rolled back',
      s =>
        s
          .ok('BEGIN', AUTO_IN_TRANSACTION)
          .ok('SELECT 1', AUTO_IN_TRANSACTION)
          .err('UPDATE t SET a = 1')
          .ok('SELECT 1'),
      'none',
      0,
    ],
    [
      'an error after BEGIN is not clean any more',
      s => s.ok('BEGIN', AUTO_IN_TRANSACTION).err('SELEC 1').tracker.statusFlags(AUTO_IN_TRANSACTION),
      'open',
    ],
    [
      'a plain error in autocommit begins none',
      s => s.err('INSERT INTO t VALUES (1)').err('SELECT nothing'),
      'none',
    ],
    ['a definition that fails begins none', s => s.err('CREATE TABLE t (id INT)'), 'none'],
    ['a failed CALL may have begun one', s => s.err('CALL p()'), 'unsure'],
    [
      'a failed text of several statements may have begun one',
      s => s.err('START TRANSACTION; SELECT nothing', [AUTO_IN_TRANSACTION]),
      'unsure',
    ],
    ['a failed BEGIN may have begun one', s => s.err('BEGIN'), 'unsure'],
    ['what the lexer does not know may have begun one', s => s.err('FROBNICATE everything'), 'unsure'],
    [
      'without autocommit any failed statement may have begun one',
      s => s.ok('SET autocommit=0', MANUAL).err('SELECT nothing'),
      'unsure',
    ],
    ['XA START opens one whatever the flags say', s => s.ok("XA START 'a'", AUTO), 'open', 0],
    [
      'XA PREPARE prepares it (MariaDB keeps the flag)',
      s =>
        s
          .ok("XA START 'a'", AUTO_IN_TRANSACTION)
          .ok("XA END 'a'", AUTO_IN_TRANSACTION)
          .ok("XA PREPARE 'a'", AUTO_IN_TRANSACTION),
      'prepared',
    ],
    [
      'XA PREPARE prepares it (MySQL clears the flag)',
      s => s.ok("XA START 'a'", AUTO_IN_TRANSACTION).ok("XA PREPARE 'a'", AUTO).ok('SELECT 1', AUTO),
      'prepared',
    ],
    [
      'XA PREPARE within a text of several statements prepares it',
      s => s.ok("XA START 'a'", AUTO_IN_TRANSACTION).ok("XA END 'a'; XA PREPARE 'a'", AUTO),
      'prepared',
    ],
    [
      'a failed XA PREPARE may have prepared it',
      s => s.ok("XA START 'a'", AUTO_IN_TRANSACTION).err("XA PREPARE 'a'"),
      'prepared',
    ],
    [
      'XA COMMIT ends it',
      s => s.ok("XA START 'a'", AUTO_IN_TRANSACTION).ok("XA PREPARE 'a'", AUTO).ok("XA COMMIT 'a'"),
      'none',
    ],
    [
      'XA ROLLBACK ends it',
      s =>
        s
          .ok("XA START 'a'", AUTO_IN_TRANSACTION)
          .ok("XA PREPARE 'a'", AUTO_IN_TRANSACTION)
          .ok("XA ROLLBACK 'a'"),
      'none',
    ],
    [
      'a BEGIN that succeeds shows that the branch was detached (MySQL)',
      s =>
        s.ok("XA START 'a'", AUTO_IN_TRANSACTION).ok("XA PREPARE 'a'", AUTO).ok('BEGIN', AUTO_IN_TRANSACTION),
      'clean',
    ],
    [
      'BEGIN after a SET TRANSACTION that may have been used up is not clean',
      s => s.ok('SET TRANSACTION READ ONLY').ok('SELECT 1').ok('BEGIN', AUTO_IN_TRANSACTION),
      'open',
      0,
    ],
    [
      'poisoned it stays, whatever the server says',
      s => {
        s.ok('BEGIN', AUTO_IN_TRANSACTION).tracker.poison()
        s.tracker.statusFlags(AUTO)
      },
      'poisoned',
    ],
    [
      'rolled back without a server there is none',
      s => {
        s.ok('BEGIN', AUTO_IN_TRANSACTION).tracker.poison()
        s.tracker.rolledBack()
      },
      'none',
      0,
    ],
    [
      'a lost link keeps it for the decision',
      s => s.ok('BEGIN', AUTO_IN_TRANSACTION).ok('SELECT 1', AUTO_IN_TRANSACTION).tracker.linkLost(),
      'open',
      1,
    ],
    [
      'COM_RESET_CONNECTION ends it',
      s => s.ok('BEGIN', AUTO_IN_TRANSACTION).tracker.resetDone('reset'),
      'none',
      0,
    ],
  ]

  for (const [fact, step, state, statements] of cases) {
    test(fact, () => {
      const session = new FakeSession()
      step(session)
      expect(session.transaction).toBe(state)
      expect(session.tracker.isBoundToLink).toBe(state !== 'none' && state !== 'clean')
      if (statements !== undefined) expect(session.tracker.snapshot().statements).toBe(statements)
    })
  }

  test('a poisoned session remembers what its transaction came to', () => {
    const { tracker } = begun()
    tracker.poison('rolled-back')
    expect(tracker.snapshot().lostOutcome).toBe('rolled-back')
    tracker.rolledBack()
    expect(tracker.snapshot()).not.toHaveProperty('lostOutcome')
  })

  const requests: readonly (readonly [fact: string, step: Step, isReadOnly: boolean])[] = [
    ['BEGIN does not ask for READ ONLY', s => s.ok('BEGIN', AUTO_IN_TRANSACTION), false],
    [
      'START TRANSACTION READ ONLY does',
      s => s.ok('START TRANSACTION READ ONLY', AUTO_IN_TRANSACTION).err('DELETE FROM t'),
      true,
    ],
    ['SET TRANSACTION READ ONLY does for the next one', s => s.ok('SET TRANSACTION READ ONLY'), true],
    [
      'SET TRANSACTION READ ONLY holds in the one that it opened',
      s => s.ok('SET TRANSACTION READ ONLY').ok('BEGIN', AUTO_IN_TRANSACTION),
      true,
    ],
    [
      'and no longer',
      s => s.ok('SET TRANSACTION READ ONLY').ok('BEGIN', AUTO_IN_TRANSACTION).ok('COMMIT'),
      false,
    ],
    ['SET SESSION TRANSACTION READ ONLY does for all', s => s.ok('SET SESSION TRANSACTION READ ONLY'), true],
    ['so does its variable', s => s.ok("SET tx_read_only = 'ON'"), true],
    ['SET SESSION TRANSACTION READ WRITE does not', s => s.ok('SET SESSION TRANSACTION READ WRITE'), false],
  ]

  test.each(requests)('%s', (_fact, step, isReadOnly) => {
    const session = new FakeSession()
    step(session)
    expect(session.tracker.isReadOnlyByRequest).toBe(isReadOnly)
  })
})

describe('baggage', () => {
  const cases: readonly (readonly [fact: string, step: Step, baggage: readonly string[]])[] = [
    ['a new session has none', () => {}, []],
    ['plain statements leave none', s => s.ok('INSERT INTO t VALUES (1)').ok('SELECT * FROM t'), []],
    [
      'a temporary table stays',
      s => s.ok('CREATE TEMPORARY TABLE x (id INT)').ok('DROP TABLE x'),
      ['temporary-table'],
    ],
    ['GET_LOCK stays', s => s.ok("SELECT GET_LOCK('a', 0)"), ['user-lock']],
    ['a user variable stays', s => s.ok('SET @a = 1'), ['user-variable']],
    ['LOCK TABLES lasts until UNLOCK TABLES', s => s.ok('LOCK TABLES t READ').ok('UNLOCK TABLES'), []],
    [
      'a failed UNLOCK TABLES unlocks nothing',
      s => s.ok('LOCK TABLES t READ').err('UNLOCK TABLES'),
      ['table-lock'],
    ],
    [
      'what a failed statement may have left counts as left',
      s => s.err("SELECT GET_LOCK('a', 0), nothing FROM t"),
      ['user-lock'],
    ],
    [
      'a failed text may have set some of its variables',
      s => s.err("SET time_zone = '+01:00'; SELECT nothing", [AUTO]),
      ['variable'],
    ],
    ['a single failed SET sets nothing', s => s.err("SET time_zone = '+01:00'"), []],
    ['autocommit off is told by the flags', s => s.ok('SET autocommit=0', MANUAL), ['autocommit-off']],
    ['autocommit off by a procedure is told by the flags', s => s.ok('SELECT 1', MANUAL), ['autocommit-off']],
    ['autocommit on again is none', s => s.ok('SET autocommit=0', MANUAL).ok('SET autocommit=1', AUTO), []],
    [
      'autocommit off by the server itself is none',
      s => {
        s.tracker.linkOpened(MANUAL)
        s.ok('SELECT 1', MANUAL)
      },
      [],
    ],
    ['a CALL may leave anything', s => s.ok('CALL p()'), ['opaque']],
    [
      'a plain statement that the server says has changed the session',
      s => s.ok('INSERT INTO t VALUES (1)', AUTO, { unnamed: true }),
      ['opaque'],
    ],
    [
      'a change that the text accounts for is none besides',
      s => s.ok('SET @a = 1', AUTO, { unnamed: true }),
      ['user-variable'],
    ],
    [
      'a change that was reported is no reason to doubt the next statement',
      s => s.ok('SET @a = 1', AUTO, { unnamed: true }).ok('SELECT 1'),
      ['user-variable'],
    ],
    ['a one-shot variable can not be repeated', s => s.ok('SET timestamp = 1'), ['variable']],
    [
      'a variable with a name that is none can not be restored',
      s => s.ok('SELECT 1', AUTO, { variables: new Map([['a b', '1']]) }),
      ['variable'],
    ],
    [
      'a dropped default schema can not be had again',
      s => s.ok('DROP DATABASE d', AUTO, { schema: '' }),
      ['schema'],
    ],
    ['until another one is used', s => s.ok('DROP DATABASE d', AUTO, { schema: '' }).ok('USE e'), []],
    [
      'COM_RESET_CONNECTION takes it all',
      s => s.ok('SET autocommit=0', MANUAL).ok("SELECT GET_LOCK('a', 0)").tracker.resetDone('reset'),
      [],
    ],
    [
      'COM_RESET_CONNECTION brings no schema',
      s => s.ok('DROP DATABASE d', AUTO, { schema: '' }).tracker.resetDone('reset'),
      ['schema'],
    ],
    [
      'COM_CHANGE_USER does',
      s => s.ok('DROP DATABASE d', AUTO, { schema: '' }).tracker.resetDone('change-user'),
      [],
    ],
    [
      'a SET TRANSACTION waits for its transaction',
      s => s.ok('SET TRANSACTION READ ONLY').ok('SET NAMES latin1'),
      [],
    ],
    [
      'a SET TRANSACTION that may have been used up can not be repeated',
      s => s.ok('SET TRANSACTION READ ONLY').ok('SELECT 1'),
      ['variable'],
    ],
    [
      'nor can one behind which a statement failed',
      s => s.ok('SET TRANSACTION READ ONLY').err('INSERT INTO t VALUES (1)'),
      ['variable'],
    ],
    [
      'a BEGIN takes what is left of it',
      s => s.ok('SET TRANSACTION READ ONLY').ok('SELECT 1').ok('BEGIN', AUTO_IN_TRANSACTION),
      [],
    ],
    ['ROLLBACK discards it', s => s.ok('SET TRANSACTION READ ONLY').ok('SELECT 1').ok('ROLLBACK'), []],
    [
      'what was given up is gone',
      s => s.ok('SET autocommit=0', MANUAL).ok("SELECT GET_LOCK('a', 0)", MANUAL).tracker.stateGivenUp(),
      [],
    ],
    [
      'a lost link keeps it for the decision',
      s => s.ok("SELECT GET_LOCK('a', 0)").tracker.linkLost(),
      ['user-lock'],
    ],
  ]

  test.each(cases)('%s', (_fact, step, baggage) => {
    const session = new FakeSession()
    step(session)
    expect(session.baggage).toEqual(baggage)
  })
})
