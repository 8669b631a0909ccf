import { foreignUse, type ProcessStamp, type ResolvedPolicy, SharedConnectionError } from '@comeback/core'
import { toPrismaError } from './error.js'

/** Refuses, or warns, when an adapter is used by another process or thread than the one that it was connected in. */
export function refuseStrangers(stamp: ProcessStamp, { sharing }: Pick<ResolvedPolicy, 'sharing'>): void {
  const conflict = sharing === 'off' ? undefined : foreignUse(stamp)
  if (conflict === undefined) return
  const error = new SharedConnectionError({ conflict })
  if (sharing === 'error') throw toPrismaError(error)
  process.emitWarning(error.message, { type: 'SharedConnectionWarning' })
}
