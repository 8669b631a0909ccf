import type { Violation } from '../sweep/verdict.js'

/** A violation, with when and where. */
export interface Finding extends Violation {
  readonly round: number
  /** Milliseconds since the soak began. */
  readonly atMs: number
  /** What the proxy's journal holds about it. */
  readonly wire: readonly string[]
}

/** So many are told in full. */
const mostKept = 100

/** All that was wrong. */
export class Findings {
  readonly kept: Finding[] = []
  count = 0

  add(finding: Finding): void {
    this.count += 1
    if (this.kept.length < mostKept) this.kept.push(finding)
  }
}

/** Lines for people. */
export const findingLines = (finding: Finding): readonly string[] => [
  `${finding.kind} in round ${finding.round}, ${(finding.atMs / 1_000).toFixed(1)} s: ${finding.detail}`,
  ...finding.wire.map(line => `    ${line}`),
]
