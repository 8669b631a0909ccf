import type { Violation } from './verdict.js'

/** What is kept of a point. */
export interface Result {
  readonly point: string
  /** Whether the fault struck. */
  readonly hit: boolean
  readonly violations: readonly Violation[]
  readonly elapsedMs: number
}

/** On whatever server. */
export const stackOf = ({ point }: Result): string => /^[^@/]*/.exec(point)?.[0] ?? ''

export const faultOf = ({ point }: Result): string => point.slice(point.lastIndexOf('/') + 1)
