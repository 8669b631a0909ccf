import { expect, test } from 'vitest'
import { docCommentsOf, examplesOf } from './examples.mjs'

test('an example stands on the lines on which it stands in the page', () => {
  expect(examplesOf('# Title\n```ts\nf()\n```\ntext')).toEqual(['\n\nf()\n\n'])
})

test('a continued example joins the one before it', () => {
  expect(examplesOf('```ts\na\n```\n```ts continued\nb\n```')).toEqual(['\na\n\n\nb\n'])
})

test('what is given stands before its example only', () => {
  const page = '<!-- given\ndeclare const a: 1\n-->\n```ts\na\n```\n```ts\nb\n```'
  expect(examplesOf(page)).toEqual(['\ndeclare const a: 1\n\n\na\n\n\n\n', '\n\n\n\n\n\n\nb\n'])
})

test('other languages and blocks marked no-check are left alone', () => {
  expect(examplesOf('```js\na\n```\n```ts no-check\nb\n```')).toEqual([])
})

test('only @example blocks of doc comments are examples', () => {
  const source = '/**\n * Text.\n * @example\n * ```ts\n * f()\n * ```\n * @throws E\n */\nexport const f = 1'
  expect(docCommentsOf(source).split('\n')).toEqual(['', '', '', '```ts', 'f()', '```', '', '', ''])
})

test('a decorator in an example is no tag', () => {
  const source = '/**\n * @example\n * ```ts\n * class A {\n *   @B()\n *   c() {}\n * }\n * ```\n */'
  expect(docCommentsOf(source).split('\n')).toEqual([
    '',
    '',
    '```ts',
    'class A {',
    '  @B()',
    '  c() {}',
    '}',
    '```',
    '',
  ])
})
