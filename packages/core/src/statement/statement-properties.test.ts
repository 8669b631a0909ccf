import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statementFacts } from './cached-facts.js'
import { ormReads, ormWrites } from './fake-orm-statements.js'
import { anyComment, anySql, changes } from './fake-sql.js'
import { leavesNothing } from './leaves-nothing.js'
import { isPlain } from './plain-text.js'
import { readFacts } from './read-facts.js'
import type { Reading } from './reading.js'
import type { StatementFacts } from './statement-facts.js'
import { tokenize } from './statement-tokens.js'
import { liveSurveys } from './survey.js'
import { TokenKind } from './token.js'

const usual: Reading = { escapesInText: true, escapesInDouble: true, conditional: 'code' }
const anyModes = fc.record(
  { noBackslashEscapes: fc.boolean(), ansiQuotes: fc.boolean() },
  { requiredKeys: [] },
)

function withoutComment({ comment: _, ...facts }: StatementFacts): Partial<StatementFacts> {
  return facts
}

/** The same statement with these comments where it has gaps. */
function withComments(sql: string, comments: readonly string[]): string {
  const { tokens } = tokenize(sql, usual)
  let text = ''
  for (let index = 0; index < tokens.length; index++) {
    const { start, end, spaced } = tokens.at(index)
    const comment = comments[index % comments.length] ?? ' '
    const previous = tokens.at(index - 1)
    // A parenthesis at a distance calls another function; an operator may be half of one.
    const apart =
      spaced ||
      (index > 0 &&
        tokens.kind(index) !== TokenKind.open &&
        previous.kind !== TokenKind.operator &&
        tokens.kind(index) !== TokenKind.operator &&
        previous.kind !== TokenKind.systemVariable)
    text += (apart ? ` ${comment} ` : '') + sql.slice(start, end)
  }
  return text
}

describe('for any text', { timeout: 30_000 }, () => {
  test('the analysis answers, and says the same again', () => {
    fc.assert(
      fc.property(anySql, anyModes, (sql, modes) => {
        const facts = readFacts(sql, modes)
        expect(readFacts(sql, modes)).toEqual(facts)
        expect(typeof leavesNothing(sql, modes)).toBe('boolean')
      }),
      { numRuns: 2_000 },
    )
  })

  test('a read is resendable only when nothing speaks against it', () => {
    fc.assert(
      fc.property(anySql, anyModes, (sql, modes) => {
        const { resendable, ...facts } = readFacts(sql, modes)
        const free = !facts.multiple && !facts.readsSession && !facts.locking && !facts.opaque
        expect(resendable).toBe(facts.kind === 'read' && free)
        if (facts.kind === 'transaction') expect(facts.transaction).toBeDefined()
        else expect(facts.transaction).toBeUndefined()
        if (facts.plainBegin) expect(facts).toMatchObject({ transaction: 'begin', multiple: false })
        for (const kind of facts.clears) expect(facts.leaves).not.toContain(kind)
      }),
      { numRuns: 2_000 },
    )
  })

  test('that leaves nothing the full analysis finds nothing left', () => {
    fc.assert(
      fc.property(anySql, anyModes, (sql, modes) => {
        if (!leavesNothing(sql, modes)) return
        const facts = readFacts(sql, modes)
        expect(facts).toMatchObject({
          leaves: [],
          restores: [],
          clears: [],
          plainBegin: false,
          implicitCommit: false,
        })
        expect(['read', 'write']).toContain(facts.kind)
        expect(facts.transaction).toBeUndefined()
      }),
      { numRuns: 5_000 },
    )
  })

  test('that is plain the lexer finds no variable and no second statement', () => {
    fc.assert(
      fc.property(anySql, anyModes, (sql, modes) => {
        if (!isPlain(sql, 0, modes)) return
        const surveys = liveSurveys(sql, modes, ({ kind }) => kind === TokenKind.userVariable)
        expect(surveys).not.toBe('unknown')
        for (const one of surveys)
          expect(one).toMatchObject({ multiple: false, flagged: false, conditions: [] })
      }),
      { numRuns: 5_000 },
    )
  })

  test('more knowledge of sql_mode never makes the facts more cautious', () => {
    fc.assert(
      fc.property(anySql, fc.boolean(), fc.boolean(), (sql, noBackslashEscapes, ansiQuotes) => {
        const unknown = readFacts(sql, {})
        const known = readFacts(sql, { noBackslashEscapes, ansiQuotes })
        if (unknown.resendable) expect(known.resendable || known.verb === '').toBe(true)
        if (leavesNothing(sql)) expect(known.leaves).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  test('of which the first word is not known the statement is a write', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,12}$/), anySql, (word, rest) => {
        const sql = `x_${word} ${rest}`
        const facts = readFacts(sql, {})
        expect(facts).toMatchObject({ kind: 'write', verb: '', opaque: true, resendable: false })
        // Nothing of what every server refuses is run.
        if (liveSurveys(sql, {}).length > 0) expect(facts.leaves).toContain('opaque')
      }),
    )
  })

  test('in a string its content does not matter', () => {
    fc.assert(
      fc.property(fc.oneof(anySql, fc.constantFrom(...changes)), value => {
        const text = `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
        const modes = { noBackslashEscapes: false }
        const read = `SELECT a FROM t WHERE b = ${text} AND c = 1`
        expect(readFacts(read, modes)).toEqual(readFacts("SELECT a FROM t WHERE b = 'x' AND c = 1", modes))
        const write = `INSERT INTO t (a) VALUES (${text}, 1)`
        expect(withoutComment(readFacts(write, modes))).toEqual(
          readFacts('INSERT INTO t (a) VALUES (1, 1)', modes),
        )
        expect(leavesNothing(read, modes)).toBe(true)
        expect(leavesNothing(write, modes)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('a statement that changes something', { timeout: 30_000 }, () => {
  test('is no read to be sent again, whatever strings and comments stand around it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        fc.array(anyComment),
        anySql,
        anyModes,
        (sql, comments, other, modes) => {
          const before = comments.join(' ')
          const quoted = other.replaceAll('\\', '').replaceAll("'", "''")
          for (const text of [
            `${before} ${sql}`,
            `${sql} ${before}`,
            withComments(sql, comments.length === 0 ? [' '] : comments),
            `/* SELECT 1 */ ${sql}`,
            `-- SELECT 1\n${sql}`,
            `'${sql.replaceAll("'", "''")}'`,
            `/* ${sql.replaceAll('*/', '')} */`,
            `'${quoted}' ${sql}`,
          ]) {
            expect(readFacts(text, modes).resendable).toBe(false)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('shows in a text of several statements what each of them leaves', () => {
    const statement = fc.constantFrom(...changes, ...ormReads.filter(sql => !sql.endsWith(';')))
    fc.assert(
      fc.property(statement, statement, (one, other) => {
        const both = readFacts(`${one};\n${other}`, {})
        expect(both).toMatchObject({ kind: 'write', multiple: true, resendable: false })
        for (const part of [one, other]) {
          const facts = readFacts(part, {})
          expect(both.leaves).toEqual(expect.arrayContaining([...facts.leaves]))
          if (facts.implicitCommit) expect(both.implicitCommit).toBe(true)
          if (facts.opaque) expect(both.opaque).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a comment between two tokens', { timeout: 30_000 }, () => {
  test('changes nothing', () => {
    const statement = fc.constantFrom(...ormReads, ...ormWrites, ...changes)
    fc.assert(
      fc.property(statement, fc.array(anyComment, { minLength: 1, maxLength: 5 }), (sql, comments) => {
        const text = withComments(sql, comments)
        expect(withoutComment(readFacts(text, {}))).toEqual(withoutComment(readFacts(sql, {})))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('a long text', { timeout: 30_000 }, () => {
  const long = 50_000
  test.each([
    ['of quotes', "'"],
    ['of backslashes', '\\'],
    ['of escaped quotes', "\\'"],
    ['of strings', "'a'"],
    ['of comments', '/**/'],
    ['of conditional comments', '/*!80000 */'],
    ['of openings of comments', '/*'],
    ['of line comments', '-- \n'],
    ['of hashes', '#\n'],
    ['of white space', ' '],
    ['of parentheses', '('],
    ['of closed parentheses', '()'],
    ['of delimiters', ';'],
    ['of delimiters and spaces', '; '],
    ['of at signs', '@'],
    ['of words', 'a '],
    ['of names before parentheses', 'f('],
    ['of commas', ','],
    ['of WITH', 'WITH a AS '],
    ['of SET STATEMENT', 'SET STATEMENT a=1 FOR '],
    ['of access modes', 'READ ONLY,'],
    ['of assignments', 'a=1,'],
    ['of annotations', '/*comeback:a*/'],
    ['of dollar signs', '$'],
    ['of digits', '1'],
    ['of exponents', '1e'],
  ])('%s is read in linear time', (_, piece) => {
    const body = piece.repeat(long / piece.length)
    for (const head of [
      '',
      'SELECT ',
      "INSERT INTO t VALUES ('x\\'",
      'SET ',
      'START TRANSACTION ',
      '/*!80000 */ SELECT ',
    ]) {
      const began = performance.now()
      leavesNothing(head + body)
      statementFacts(head + body)
      expect(performance.now() - began).toBeLessThan(2_000)
    }
  })
})
