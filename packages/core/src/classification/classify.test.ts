import { describe, expect, it } from 'vitest'
import { classify } from './classify.js'
import type { ErrorFacts, Evidence } from './verdict.js'

const number = (errno: number): Partial<ErrorFacts> => ({ errno })
const text = (message: string): Partial<ErrorFacts> => ({ message })
const code = (name: string, syscall?: string): Partial<ErrorFacts> => ({
  code: name,
  ...(syscall && { syscall }),
})

const command = { evidence: 'no-answer', flavour: 'mysql', phase: 'command' } as const

describe('evidence', () => {
  const unsent: readonly Evidence[] = [
    'refused',
    'queued-never-sent',
    'dead-before-send',
    'write-failed',
    'lost-in-prepare',
  ]
  it.each(unsent)('proves by `%s` that a statement did not run, whatever the error', evidence => {
    for (const facts of [
      code('PROTOCOL_CONNECTION_LOST'),
      code('ECONNRESET', 'read'),
      number(1927),
      text('?'),
    ]) {
      expect(classify({ message: '', ...facts }, { ...command, evidence }).executed).toBe('no')
    }
  })

  it('leaves a statement unknown whose answer was lost, though the shared error names a write', () => {
    const facts = { ...code('EPIPE', 'write'), message: 'write EPIPE' }
    expect(classify(facts, command).executed).toBe('unknown')
    expect(classify(facts, { ...command, evidence: 'write-failed' }).executed).toBe('no')
  })

  it('calls an open transaction rolled back only when the statement on the lost link certainly did not run', () => {
    const facts = { ...code('PROTOCOL_CONNECTION_LOST'), message: '' }
    expect(classify(facts, { ...command, evidence: 'dead-before-send' }).transaction).toBe('rolled-back')
    expect(classify(facts, command).transaction).toBe('unknown')
  })

  it('says nothing about a transaction when a link can not be opened', () => {
    const facts = { ...code('ECONNREFUSED', 'connect'), message: '' }
    expect(classify(facts, { ...command, evidence: 'refused' }).transaction).toBe('unknown')
  })
})

describe('size', () => {
  const oversized = { ...command, requestBytes: 2_000_000, maxAllowedPacket: 1_000_000 }

  it('is not blamed for the loss of a request within the limit', () => {
    const facts = { ...code('ECONNRESET', 'write'), message: '' }
    const verdict = classify(facts, { ...oversized, evidence: 'write-failed', requestBytes: 1_000_000 })
    expect(verdict.kind).toBe('link-lost')
  })

  it('is not blamed for the loss of a request that was never written', () => {
    const facts = { ...code('PROTOCOL_CONNECTION_LOST'), message: '' }
    expect(classify(facts, { ...oversized, evidence: 'queued-never-sent' }).kind).toBe('link-lost')
  })

  it('is not blamed once a part of an answer has come', () => {
    const facts = { ...code('ECONNRESET', 'read'), message: '' }
    expect(classify(facts, { ...oversized, evidence: 'partial-answer' }).kind).toBe('link-lost')
  })

  it('is not blamed for a deadline, nor for what the server says', () => {
    expect(classify({ ...code('PROTOCOL_SEQUENCE_TIMEOUT'), message: '' }, oversized).kind).toBe('deadline')
    expect(classify({ ...number(1213), message: '' }, { ...oversized, evidence: 'answered' }).kind).toBe(
      'conflict',
    )
  })
})

describe('words', () => {
  it('are sought at the end of a message, not in the SQL before it', () => {
    const message =
      "insert into log values ('Pool is closed.') - Connection lost: The server closed the connection."
    expect(classify({ message }, command).rule).toBe('text.connection-lost')
    expect(classify({ message: "insert into log values ('Pool is closed.') - oops" }, command).rule).toBe(
      'evidence.lost',
    )
  })

  it('are found behind megabytes of SQL without a pause', () => {
    const message = `${'insert '.repeat(1_000_000)}- Can't add new command when connection is in closed state`
    const start = performance.now()
    expect(classify({ message }, command).rule).toBe('text.closed-state')
    expect(performance.now() - start).toBeLessThan(100)
  })
})
