import { expect, it } from 'vitest'
import type { ErrorSeen, Observation, TaskSeen } from './observation.js'
import { violationsOf } from './verdict.js'

const ours: ErrorSeen = {
  name: 'LostConnectionError',
  message: 'lost',
  code: 'PROTOCOL_CONNECTION_LOST',
  errno: 2013,
  ours: true,
  own: false,
  servers: false,
  reported: 'unknown',
}
const raw: ErrorSeen = { ...ours, name: 'Error', ours: false }

const sound: TaskSeen = {
  name: 'write',
  executions: 1,
  settled: 'resolved',
  elapsedMs: 5,
  wrongAnswer: undefined,
  error: undefined,
  threw: false,
  unanswered: false,
}

const failed = (error: ErrorSeen, facts: Partial<TaskSeen> = {}): Partial<TaskSeen> => ({
  settled: 'rejected',
  error,
  ...facts,
})

function kinds(task: Partial<TaskSeen>, facts: Partial<Observation> = {}): string[] {
  const seen: Observation = {
    point: 'p',
    hit: true,
    tasks: [{ ...sound, ...task }],
    failuresAfter: [],
    links: ['c1'],
    threads: ['thread 1'],
    slots: 1,
    closed: true,
    noise: [],
    leftovers: [],
    elapsedMs: 5,
    ...facts,
  }
  return violationsOf(seen).map(({ kind }) => kind)
}

it('work that is acknowledged and there once is in order', () => {
  expect(kinds({})).toEqual([])
})

it('acknowledged work that is not there is lost', () => {
  expect(kinds({ executions: 0 })).toEqual(['lost'])
  expect(kinds(failed({ ...ours, reported: 'yes' }, { executions: 0 }))).toEqual(['lost'])
})

it('work that is there twice is duplicated, whatever was reported', () => {
  expect(kinds({ executions: 2 })).toEqual(['duplicated'])
  expect(kinds(failed(ours, { executions: 2, unanswered: true }))).toEqual(['duplicated'])
})

it('half a transaction is torn', () => {
  expect(kinds({ executions: Number.NaN })).toEqual(['torn'])
})

it('work reported as not executed must not be there', () => {
  expect(kinds(failed({ ...ours, reported: 'no' }))).toEqual(['falseNo'])
  expect(kinds(failed({ ...ours, reported: 'no' }, { executions: 0 }))).toEqual([])
})

it('unknown is in order only where an answer is missing on the wire', () => {
  expect(kinds(failed(ours, { unanswered: true }))).toEqual([])
  expect(kinds(failed(ours, { unanswered: true, executions: 0 }))).toEqual([])
  expect(kinds(failed(ours))).toEqual(['falseUnknown'])
})

it('a read may be unknown', () => {
  expect(kinds(failed(ours, { executions: undefined }))).toEqual([])
})

it('an error is ours, the application’s or the server’s', () => {
  expect(kinds(failed(raw, { executions: 0 }))).toEqual(['untyped'])
  expect(kinds(failed({ ...raw, own: true, reported: 'no' }, { executions: 0 }))).toEqual([])
  expect(kinds(failed({ ...raw, servers: true, reported: 'no' }, { executions: 0 }))).toEqual([])
})

it('an error of the application comes out as it was thrown', () => {
  expect(kinds(failed(ours, { threw: true, executions: 0 }))).toEqual(['masked'])
  expect(kinds(failed({ ...raw, own: true, reported: 'no' }, { threw: true, executions: 0 }))).toEqual([])
})

it('what never settles is hung', () => {
  expect(kinds({ settled: 'pending', executions: 0 })).toEqual(['hung'])
  expect(kinds({}, { closed: false })).toEqual(['hung'])
})

it('the pool must be whole again, and nothing be left or said', () => {
  expect(kinds({}, { failuresAfter: ['x'] })).toEqual(['weakPool'])
  expect(kinds({}, { links: ['c1', 'c2'] })).toEqual(['weakPool'])
  expect(kinds({}, { threads: [] })).toEqual(['weakPool'])
  expect(kinds({}, { threads: ['thread 1', 'thread 2'] })).toEqual(['weakPool'])
  expect(kinds({}, { noise: ['x'] })).toEqual(['noise'])
  expect(kinds({}, { leftovers: ['Timeout'] })).toEqual(['leak'])
  expect(kinds({ wrongAnswer: '3 rows' })).toEqual(['wrongAnswer'])
})
