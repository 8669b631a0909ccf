import { describe, expect, it } from 'vitest'
import type { ServerUnit } from '../protocol/conversation.js'
import { type AnswerLimit, limitAnswer } from './answer-limit.js'

function unit(size: number, facts: Partial<ServerUnit> = {}): ServerUnit {
  return {
    bytes: Buffer.alloc(size),
    sequenceId: 1,
    exchange: undefined,
    begins: false,
    row: false,
    columnsDone: false,
    ends: false,
    ...facts,
  }
}

/** Bytes that pass until the cut. */
function passed(limit: Partial<AnswerLimit>, units: readonly ServerUnit[]): number {
  const progress = { bytes: 0, rows: 0 }
  let bytes = 0
  for (const next of units) {
    const { pass, cut } = limitAnswer(
      { afterBytes: undefined, afterRows: undefined, ...limit },
      progress,
      next,
    )
    bytes += pass
    if (cut) return bytes
  }
  throw new Error('not cut')
}

const rows = [
  unit(5, { begins: true }),
  unit(20),
  unit(9, { columnsDone: true }),
  unit(6),
  unit(4, { row: true }),
  unit(10, { row: true }),
  unit(9, { ends: true }),
]

describe('answer limit', () => {
  it('cuts after so many bytes', () => {
    expect(passed({ afterBytes: 0 }, rows)).toBe(0)
    expect(passed({ afterBytes: 5 }, rows)).toBe(5)
    expect(passed({ afterBytes: 27 }, rows)).toBe(27)
  })

  it('cuts after so many rows', () => {
    expect(passed({ afterRows: 0 }, rows)).toBe(34)
    expect(passed({ afterRows: 1 }, rows)).toBe(44)
    expect(passed({ afterRows: 2 }, rows)).toBe(54)
  })

  it('never lets an answer be complete', () => {
    expect(passed({ afterBytes: 1_000 }, rows)).toBe(62)
    expect(passed({ afterRows: 1_000 }, rows)).toBe(54)
    expect(passed({ afterRows: 1 }, [unit(11, { begins: true, ends: true })])).toBe(0)
    expect(passed({ afterBytes: 50 }, [unit(11, { begins: true, ends: true })])).toBe(10)
  })
})
