import { CHANGED, ONE_MORE } from '../stack.js'

/** What a library without a query builder sends. */
export const SELECT = 'SELECT id, value FROM points WHERE id = ?'
export const SELECT_ALL = 'SELECT id, value FROM points'
export const INSERT = 'INSERT INTO written (value) VALUES (?)'
export const UPDATE = 'UPDATE points SET value = ? WHERE id = ?'

export const values: { readonly more: string; readonly changed: string } = {
  more: ONE_MORE.value,
  changed: CHANGED.value,
}
