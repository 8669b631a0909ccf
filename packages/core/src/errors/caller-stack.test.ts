import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { appendCallerStack } from './caller-stack.js'
import { OutcomeUnknownError } from './outcome-unknown-error.js'

const late = async (): Promise<OutcomeUnknownError> => {
  await delay(1)
  return new OutcomeUnknownError({ evidence: 'no-answer' })
}

const callTheDatabase = (): { stack?: string } => {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder)
  return holder
}

describe('appendCallerStack', () => {
  it('shows the call that a late error belongs to', async () => {
    const caller = callTheDatabase()
    const error = await late()
    const before = error.stack ?? ''
    expect(appendCallerStack(error, caller)).toBe(error)
    expect(error.stack).toContain('callTheDatabase')
    expect(error.stack?.startsWith(before)).toBe(true)
    expect(Object.keys(error)).not.toContain('stack')
  })

  it('takes the frames of the caller only, not its message', () => {
    const caller = new Error('secret\nof two lines')
    const error = appendCallerStack(new OutcomeUnknownError({ evidence: 'no-answer' }), caller)
    expect(error.stack).not.toContain('secret')
    expect(error.stack).not.toContain('of two lines')
  })

  it('adds it once', () => {
    const error = appendCallerStack(new OutcomeUnknownError({ evidence: 'no-answer' }), callTheDatabase())
    const once = error.stack
    expect(appendCallerStack(error, callTheDatabase()).stack).toBe(once)
  })

  it('changes nothing when the caller has no stack', () => {
    const error = new OutcomeUnknownError({ evidence: 'no-answer' })
    const before = error.stack
    expect(appendCallerStack(error, {}).stack).toBe(before)
  })
})
