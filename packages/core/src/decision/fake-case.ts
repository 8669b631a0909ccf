import type { Verdict } from '../classification/verdict.js'
import type { Decision } from './decision.js'
import { type FakeInput, fakeVerdict } from './fake-input.js'

type Ruling = Readonly<Partial<Record<keyof (Decision & { action: 'fail' }) | 'reopenTransaction', unknown>>>

/** A fact of one rule: for this input it decides so. */
export type DecisionCase = readonly [fact: string, rule: string, input: FakeInput, decision: Ruling]

export const returned: Ruling = { action: 'return' }
export const resolved: Ruling = { action: 'resolve' }
export const resent: Ruling = { action: 'reopen-and-resend', reopenTransaction: false }
export const reopened: Ruling = { action: 'reopen-and-resend', reopenTransaction: true }

export const fail = (error: string, executed: string, outcome?: string): Ruling => ({
  action: 'fail',
  error,
  executed,
  ...(outcome === undefined ? {} : { outcome }),
})

export const clean = { transaction: 'clean' } as const
export const open = { transaction: 'open', statements: 2 } as const
export const unsure = { transaction: 'unsure' } as const
export const prepared = { transaction: 'prepared' } as const
export const poisoned = { transaction: 'poisoned' } as const
export const deadline: Verdict = fakeVerdict({ kind: 'deadline', retryable: false })
export const leavingUsable: Verdict = fakeVerdict({
  kind: 'server-leaving',
  executed: 'no',
  link: 'usable',
  evidence: 'answered',
})
