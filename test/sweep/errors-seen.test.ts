import { LostTransactionError, OutcomeUnknownError } from '@comeback/core'
import { expect, it } from 'vitest'
import { errorSeen } from './errors-seen.js'

const servers = (errno: number): Error => Object.assign(new Error('x'), { errno, sqlState: 'HY000' })

it('an error of ours reports in its own words', () => {
  const unknown = new OutcomeUnknownError({ evidence: 'no-answer' })
  expect(errorSeen(unknown, undefined)).toMatchObject({ ours: true, reported: 'unknown' })
  const lost = { evidence: 'no-answer', phase: 'statement', statements: 1 } as const
  const undone = new LostTransactionError({ ...lost, outcome: 'rolled-back' })
  expect(errorSeen(undone, undefined)).toMatchObject({ ours: true, reported: 'no' })
})

it('an error of the server reports that its statement is undone, whatever an ORM has wrapped around it', () => {
  const killed = servers(1317)
  for (const error of [
    killed,
    Object.assign(new Error('orm'), { parent: killed }),
    Object.assign(new Error('orm'), { driverError: killed }),
  ]) {
    expect(errorSeen(error, undefined)).toMatchObject({ ours: false, servers: true, reported: 'no' })
  }
})

it('a raw loss is nobody’s word, with a number of the server or without', () => {
  const raw = Object.assign(new Error('x'), { errno: -104, code: 'ECONNRESET' })
  for (const error of [servers(1053), raw, 'text']) {
    expect(errorSeen(error, undefined)).toMatchObject({ ours: false, servers: false, reported: 'unknown' })
  }
})

it('an error of the application is known by identity', () => {
  const own = new Error('mine')
  expect(errorSeen(own, own)).toMatchObject({ own: true, reported: 'no' })
  expect(errorSeen(new Error('mine'), own)).toMatchObject({ own: false })
})
