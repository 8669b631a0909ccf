import type { Fault } from '../faults/fault.js'
import type { Connection } from './connection.js'
import type { Outlet } from './outlet.js'
import { replyBytes } from './reply.js'

/** Lets a fault strike outside a command: at connect, while idle, in the middle of a stream towards `outlet`. */
export async function strikeOutsideCommand(
  connection: Connection,
  fault: Fault,
  outlet: Outlet,
): Promise<void> {
  connection.noteFault(fault.kind)
  switch (fault.kind) {
    case 'cut':
      await connection.cutBehind(fault)
      return
    case 'silence':
    case 'slow':
    case 'freeze':
      connection.degrade(fault)
      return
    case 'delay':
    case 'hold':
      if (fault.cut) connection.cutClient(fault.cut)
      await connection.wait(fault)
      return
    case 'injectError':
      await connection.reply(replyBytes(fault, 0), fault.ending)
      return
    case 'garbage':
      await outlet.inject(fault.bytes)
      if (fault.ending !== 'keep') await connection.cutBehind({ how: fault.ending, server: 'close' })
      return
    case 'cutAfterForward':
    case 'cutInsideAnswer':
    case 'cutInsideRequest':
      throw new Error(`fault '${fault.kind}' needs a command`)
  }
}

/** The `connect` phase: whether the server is to be asked for this connection. */
export async function strikeAtConnect(connection: Connection): Promise<boolean> {
  const { host, record, signal } = connection
  await host.frozen.pass(signal)
  const fault = host.faults.strike({ phase: 'connect', connection: record })
  if (fault) await strikeOutsideCommand(connection, fault, connection.toClient)
  await host.frozen.pass(signal)
  const answeredByProxy = fault?.kind === 'injectError' || fault?.kind === 'garbage'
  return record.open && !answeredByProxy && !connection.toServer.silent
}
