import type { ServerUnit } from '../protocol/conversation.js'

/** Where an answer is to be cut. */
export interface AnswerLimit {
  readonly afterBytes: number | undefined
  readonly afterRows: number | undefined
}

/** What of an answer has gone to the client. */
export interface AnswerProgress {
  bytes: number
  rows: number
}

/**
 * How many bytes of this unit still go to the client, and whether the connection is cut behind them. The last byte of
 * an answer never goes, so that it is never complete.
 */
export function limitAnswer(
  limit: AnswerLimit,
  progress: AnswerProgress,
  unit: ServerUnit,
): { readonly pass: number; readonly cut: boolean } {
  const size = unit.bytes.length
  if (limit.afterBytes !== undefined) {
    const room = Math.min(limit.afterBytes - progress.bytes, unit.ends ? size - 1 : size)
    const pass = Math.max(0, room)
    progress.bytes += pass
    return { pass, cut: unit.ends || progress.bytes >= limit.afterBytes }
  }
  if (unit.ends) return { pass: 0, cut: true }
  if (unit.row) progress.rows++
  const reached = unit.row || unit.columnsDone ? progress.rows === limit.afterRows : false
  return { pass: size, cut: reached }
}
