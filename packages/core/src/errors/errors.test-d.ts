import { describe, expectTypeOf, it } from 'vitest'
import {
  ComebackError,
  type DatabaseUnavailableError,
  findComebackError,
  LostTransactionError,
  type OutcomeUnknownError,
} from '../index.js'

describe('the types of errors', () => {
  it('tell classes apart by their name', () => {
    const outcome = (
      error: LostTransactionError | DatabaseUnavailableError | OutcomeUnknownError,
    ): string => {
      switch (error.name) {
        case 'LostTransactionError':
          return error.outcome
        case 'DatabaseUnavailableError':
          return error.reason
        case 'OutcomeUnknownError':
          return error.executed
      }
    }
    expectTypeOf(outcome).returns.toEqualTypeOf<string>()
  })

  it('narrow what was caught by instanceof', () => {
    const read = (error: unknown): unknown => {
      if (error instanceof LostTransactionError) {
        expectTypeOf(error).toEqualTypeOf<LostTransactionError>()
        expectTypeOf(error.outcome).toEqualTypeOf<'committed' | 'rolled-back' | 'unknown'>()
      }
      return error
    }
    expectTypeOf(read).toBeFunction()
  })

  it('give the class that was asked for', () => {
    expectTypeOf(findComebackError(undefined)).toEqualTypeOf<ComebackError | undefined>()
    expectTypeOf(findComebackError(undefined, LostTransactionError)).toEqualTypeOf<
      LostTransactionError | undefined
    >()
    expectTypeOf(findComebackError(undefined, ComebackError)).toEqualTypeOf<ComebackError | undefined>()
  })
})
