import { notesOf } from './command-notes.js'
import type { SessionCore } from './session-core.js'

/** With the policy `reads: 'same-server'`: what was sent to another server before does not go to this one. */
export function refuseRereads(core: SessionCore): void {
  core.held = core.held.filter(command => {
    const { refuse } = notesOf(command)
    refuse?.()
    return refuse === undefined
  })
}
