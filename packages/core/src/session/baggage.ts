import type { BaggageKind } from '../statement/statement-facts.js'

/** Kinds that statements leave and clear; `autocommit-off` is told by the status flags instead. */
const kinds: readonly BaggageKind[] = [
  'temporary-table',
  'user-lock',
  'table-lock',
  'user-variable',
  'sql-prepared-statement',
  'handler',
  'variable',
  'schema',
  'opaque',
]

/** A set of baggage kinds, as one integer. */
export type BaggageBits = number

/** The bits of some kinds. */
export const baggageBits = (some: readonly BaggageKind[]): BaggageBits => {
  let bits = 0
  for (const kind of some) {
    const index = kinds.indexOf(kind)
    if (index >= 0) bits |= 1 << index
  }
  return bits
}

/** The kinds of some bits. */
export const baggageKinds = (bits: BaggageBits): BaggageKind[] =>
  kinds.filter((_, index) => (bits & (1 << index)) !== 0)
