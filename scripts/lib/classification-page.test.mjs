import { expect, test } from 'vitest'
import { classificationPage } from './classification-page.mjs'

const verdict = {
  kind: 'link-lost',
  executed: 'by-evidence',
  link: 'lost',
  transaction: 'by-evidence',
  retryable: true,
}
const rule = {
  id: 'a.rule',
  match: { errno: [1, 2], code: ['A'] },
  verdict,
  note: 'It means this.',
  source: 'by hand',
}
const page = rules => classificationPage([{ title: 'Group', intro: 'About it.', rules }])

test('each group is a section with a row for each rule', () => {
  expect(page([rule])).toContain('## Group\n\nAbout it.\n\n| rule |')
  expect(page([rule])).toContain(
    '| `a.rule` | 1, 2 `A` | link-lost | by evidence | lost | by evidence | yes | It means this. *By hand.* |\n',
  )
})

test('every condition of a rule is told', () => {
  const match = { flavour: ['mariadb'], errno: [9], text: /a|b/, phase: 'connect', evidence: ['answered'] }
  expect(page([{ ...rule, match }])).toContain(
    '| 9; text `a\\|b`; on MariaDB; at connect; evidence `answered` |',
  )
  expect(page([{ ...rule, match: {} }])).toContain('| anything |')
})

test('a condition without words is refused, so that none is left out unnoticed', () => {
  expect(() => page([{ ...rule, match: { moon: 'full' } }])).toThrow('no words for the condition "moon"')
})

test('at connect nothing was executed, whatever the rule says for a statement', () => {
  expect(page([{ ...rule, match: { phase: 'connect' } }])).toContain(
    '| at connect | link-lost | no | lost | unknown |',
  )
})

test('the page ends with one line feed', () => {
  expect(page([rule])).toMatch(/[^\n]\n$/)
})
