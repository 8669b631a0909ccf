import { describe, expect, test } from 'vitest'
import { Lexer } from './lexer.js'
import type { Reading } from './reading.js'
import { TokenKind } from './token.js'

const usual: Reading = { escapesInText: true, escapesInDouble: true, conditional: 'code' }
const names = new Map<number, string>(Object.entries(TokenKind).map(([name, kind]) => [kind, name]))

/** The tokens as `kind:source`, literals and punctuation by their source alone. */
function lex(sql: string, reading: Partial<Reading> = {}): string[] {
  const lexer = new Lexer(sql, { ...usual, ...reading })
  const tokens: string[] = []
  for (let kind = lexer.next(); kind !== TokenKind.end; kind = lexer.next()) {
    if (kind === TokenKind.broken) return [...tokens, 'broken']
    tokens.push(`${names.get(kind)}:${sql.slice(lexer.start, lexer.end)}`)
  }
  return tokens
}

describe('the lexer', () => {
  test('tells words, names, numbers and punctuation apart', () => {
    expect(lex('select a.`b c`, 1.5e-3, .5, 0x1F, t1.2x from db.t$ where x := ?;')).toEqual([
      'word:select',
      'word:a',
      'dot:.',
      'quoted:`b c`',
      'comma:,',
      'number:1.5e-3',
      'comma:,',
      'number:.5',
      'comma:,',
      'number:0x1F',
      'comma:,',
      'word:t1',
      'dot:.',
      'word:2x',
      'word:from',
      'word:db',
      'dot:.',
      'word:t$',
      'word:where',
      'word:x',
      'assign::=',
      'parameter:?',
      'delimiter:;',
    ])
  })

  test.each([
    ["'a'", ["text:'a'"]],
    ["'a''b'", ["text:'a''b'"]],
    ["'a\\'b' c", ["text:'a\\'b'", 'word:c']],
    ["'a\\\\' b", ["text:'a\\\\'", 'word:b']],
    ['"a""b" "c\\"d"', ['double:"a""b"', 'double:"c\\"d"']],
    ['`a``b` `c\\` d', ['quoted:`a``b`', 'quoted:`c\\`', 'word:d']],
    ["'it is -- # /* ; ` \" not'", ["text:'it is -- # /* ; ` \" not'"]],
    ["N'a' x'4F' B'01' _utf8'b'", ["text:N'a'", "text:x'4F'", "text:B'01'", 'word:_utf8', "text:'b'"]],
  ])('reads quoted texts: %s', (sql, tokens) => {
    expect(lex(sql)).toEqual(tokens)
  })

  test('takes a backslash as an ordinary character under NO_BACKSLASH_ESCAPES', () => {
    const reading = { escapesInText: false, escapesInDouble: false }
    expect(lex("'a\\' b", reading)).toEqual(["text:'a\\'", 'word:b'])
    expect(lex('"a\\" b', reading)).toEqual(['double:"a\\"', 'word:b'])
  })

  test('takes a backslash as an ordinary character in an identifier under ANSI_QUOTES', () => {
    expect(lex("\"a\\\" 'b\\'c'", { escapesInDouble: false })).toEqual(['double:"a\\"', "text:'b\\'c'"])
  })

  test.each([
    ['a -- b\nc', ['word:a', 'word:c']],
    ['a --\tb\nc', ['word:a', 'word:c']],
    ['a --', ['word:a']],
    ['a # b\nc', ['word:a', 'word:c']],
    ['a/* b */c', ['word:a', 'word:c']],
    ['a/**/c', ['word:a', 'word:c']],
    ['a /*+ hint(`x`) */ c', ['word:a', 'word:c']],
    ["a /* it's */ c", ['word:a', 'word:c']],
    ['5--1', ['number:5', 'operator:-', 'operator:-', 'number:1']],
    ['a -- /* \n b */', ['word:a', 'word:b', 'operator:*', 'operator:/']],
  ])('skips comments: %j', (sql, tokens) => {
    expect(lex(sql)).toEqual(tokens)
  })

  test.each([
    ['/*! a */ b', ['word:a', 'word:b']],
    ['/*!40101 a */ b', ['word:a', 'word:b']],
    ["/*!40101 '*/' */ b", ["text:'*/'", 'word:b']],
    ['/*!80000 a */ b', ['word:a', 'word:b']],
    ['/*M! a */ b', ['word:a', 'word:b']],
    ['/*M!100100 a /* c */ */ b', ['word:a', 'word:b']],
  ])('reads the content of an executable comment as code: %s', (sql, tokens) => {
    expect(lex(sql)).toEqual(tokens)
  })

  test.each([
    ['/*!40101 a */ b', ['word:a', 'word:b']],
    ['/*!80000 a */ b', ['word:b']],
    ['/*!50700 a */ b', ['word:b']],
    ['/*M! a */ b', ['word:b']],
    ['/*!80000 a /* c */ */ b', ['broken']],
  ])('skips what only some servers execute, when asked to: %s', (sql, tokens) => {
    expect(lex(sql, { conditional: 'comment' })).toEqual(tokens)
  })

  test.each([
    ['@v := 1', ['userVariable:@v', 'assign::=', 'number:1']],
    [
      '@`a b` @\'c d\' @"e" @a.b$',
      ['userVariable:@`a b`', "userVariable:@'c d'", 'userVariable:@"e"', 'userVariable:@a.b$'],
    ],
    ['@@x @@session.y', ['systemVariable:@@x', 'systemVariable:@@session', 'dot:.', 'word:y']],
    ["'root'@'%'", ["text:'root'", "userVariable:@'%'"]],
  ])('reads variables: %s', (sql, tokens) => {
    expect(lex(sql)).toEqual(tokens)
  })

  test.each([
    ["a 'b", ['word:a', 'broken']],
    ["a 'b\\'", ['word:a', 'broken']],
    ['a "b', ['word:a', 'broken']],
    ['a `b', ['word:a', 'broken']],
    ['a /* b', ['word:a', 'broken']],
    ['a /*! b', ['word:a', 'word:b', 'broken']],
    ['a /*! /*! b */ */', ['word:a', 'broken']],
    ['a /*!1 b */', ['word:a', 'broken']],
    ["a /*+ hint('*/') */", ['word:a', 'broken']],
    ["x'4G'", ['broken']],
    ['$$ a $$', ['broken']],
    ['a \0 b', ['word:a', 'broken']],
    ['a -- b \0 c', ['word:a', 'broken']],
    ['a\u00a0b', ['word:a', 'broken']],
    ["@'v", ['broken']],
  ])('stops at what the server refuses or what can not be told: %j', (sql, tokens) => {
    expect(lex(sql)).toEqual(tokens)
  })

  test('reads letters beyond ASCII as parts of identifiers', () => {
    expect(lex('sélect 日本 😀')).toEqual(['word:sélect', 'word:日本', 'word:😀'])
  })
})
