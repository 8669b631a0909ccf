import type { GarbageFault, InjectErrorFault } from '../faults/fault.js'
import { writeErr } from '../protocol/status-packets.js'

/** What the client receives instead of an answer. */
export function replyBytes(fault: InjectErrorFault | GarbageFault, sequenceId: number): Uint8Array {
  return fault.kind === 'garbage' ? fault.bytes : writeErr(sequenceId, fault)
}
