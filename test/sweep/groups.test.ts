import { expect, it } from 'vitest'
import { groups, inOrder, libraryOf } from './groups.js'
import { violationKinds } from './verdict.js'

it('each kind of violation is in one group', () => {
  expect(groups.flatMap(({ kinds }) => kinds).sort()).toEqual([...violationKinds].sort())
})

it('a stack belongs to the library that an application on it is written for', () => {
  expect(libraryOf('comeback-knex')).toBe('knex')
  expect(libraryOf('peer-typeorm-retry')).toBe('typeorm')
  expect(libraryOf('peer-serverless-mysql')).toBe('mysql2')
})

it('our stacks are first, and each library is before what wraps it', () => {
  const names = ['stock-knex', 'peer-aws-wrapper', 'comeback-knex', 'peer-knex-validate', 'comeback-mysql2']
  expect(inOrder(['stock-mysql2', ...names])).toEqual([
    'comeback-mysql2',
    'comeback-knex',
    'stock-mysql2',
    'peer-aws-wrapper',
    'stock-knex',
    'peer-knex-validate',
  ])
})
