import { describe, expect, it } from 'vitest'
import type { StackResults } from './finished.js'
import { page } from './page.js'

const results = (stack: string, inAll: number, ...kinds: ('hung' | 'lost')[]): StackResults => ({
  inAll,
  results: [stack, `${stack}@mysql`].map((on, index) => ({
    point: `${on}/insert/c1.up1/fin`,
    hit: true,
    violations: index === 0 ? kinds.map(kind => ({ kind, detail: 'x' })) : [],
    elapsedMs: 1,
  })),
})

const text = page({
  'peer-knex-validate': results('peer-knex-validate', 4_000, 'lost', 'hung'),
  'comeback-knex': results('comeback-knex', 2),
  'stock-knex': results('stock-knex', 4_000, 'hung'),
})

describe('the page', () => {
  it('says of each stack how many of its points were run', () => {
    expect(text).toMatch(/\| `comeback-knex` \| 2 \|( 0 \|){13}\n/)
    expect(text).toContain('| `stock-knex` | 2 of 4,000 | 0 | 0 |')
  })

  it('puts each library over Comeback beside what it replaces', () => {
    expect(text).toContain('| knex | **none** of 2 | 50 % of 2 | `validate`: 50 % of 2 |')
  })

  it('tells our own stacks from the others', () => {
    const [ours = '', others = ''] = text.split('## As people use them today')
    expect(ours).not.toContain('`stock-knex`')
    expect(others).not.toContain('`comeback-knex`')
    expect(others.indexOf('`stock-knex`')).toBeLessThan(others.indexOf('`peer-knex-validate`'))
  })
})
