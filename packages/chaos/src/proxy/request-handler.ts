import type { CutInsideRequestFault, Fault } from '../faults/fault.js'
import type { ClientUnit, Exchange } from '../protocol/conversation.js'
import type { Connection } from './connection.js'
import type { ExchangeState } from './exchange-state.js'
import { replyBytes } from './reply.js'
import { waitFor } from './waiting.js'

type CommandUnit = Extract<ClientUnit, { type: 'command' | 'more' }>

/** A command on its way to the server, which may arrive in several parts. */
interface Passage {
  readonly state: ExchangeState
  readonly exchange: Exchange
  /** It does not go to the server. */
  dropped: boolean
  limit: CutInsideRequestFault | undefined
  sent: number
  /** What is to be done when its last byte has come. */
  atLast: (() => Promise<void>) | undefined
}

/** Brings what the client sends to the server, and lets faults strike on the way. */
export class RequestHandler {
  readonly #connection: Connection
  #passage: Passage | undefined
  /** A fault waits for an answer to cut the connection: what the client sends behind that command goes nowhere. */
  #ending = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async handle(unit: ClientUnit): Promise<void> {
    if (unit.type === 'bytes') {
      await this.#connection.toServer.send(unit.bytes)
    } else {
      const passage = unit.type === 'command' ? await this.#begin(unit) : this.#passage
      if (passage) await this.#forward(passage, unit)
      if (unit.last) this.#passage = undefined
    }
    this.#connection.host.journal.changed()
  }

  async #begin({ exchange }: CommandUnit): Promise<Passage | undefined> {
    const { host, signal, states, toServer, record: connection } = this.#connection
    if (this.#ending) await waitFor(this.#connection.ended, signal)
    await host.frozen.pass(signal)
    const state = states.get(exchange)
    if (!state || toServer.silent) return undefined
    const passage: Passage = {
      state,
      exchange,
      dropped: false,
      limit: undefined,
      sent: 0,
      atLast: undefined,
    }
    this.#passage = passage
    const phase = exchange.kind === 'login' ? 'login' : 'command'
    const fault = host.faults.strike({ phase, connection, command: state.record })
    if (fault) {
      state.record.fault = fault.kind
      if (phase === 'login') this.#connection.noteFault(fault.kind)
      host.journal.changed()
      await this.#strike(fault, passage)
    }
    if (!passage.dropped) this.#connection.conversation.expect(exchange)
    return passage
  }

  async #forward(passage: Passage, { bytes, last }: CommandUnit): Promise<void> {
    const { state, limit } = passage
    state.record.bytes = passage.exchange.bytes
    if (limit) return this.#forwardLimited(passage, limit, bytes, last)
    if (!passage.dropped && (await this.#connection.toServer.send(bytes))) {
      state.record.forwarded = last ? 'yes' : 'part'
    }
    if (last) await passage.atLast?.()
  }

  async #forwardLimited(
    passage: Passage,
    limit: CutInsideRequestFault,
    bytes: Buffer,
    last: boolean,
  ): Promise<void> {
    const size = last ? bytes.length - 1 : bytes.length
    const room = Math.min(limit.afterBytes - passage.sent, size)
    if (room > 0 && (await this.#connection.toServer.send(bytes.subarray(0, room)))) {
      passage.sent += room
      passage.state.record.forwarded = 'part'
    }
    if (last || passage.sent >= limit.afterBytes) this.#connection.cut(limit)
  }

  async #strike(fault: Fault, passage: Passage): Promise<void> {
    const connection = this.#connection
    const { state, exchange } = passage
    const answered = exchange.reader !== undefined
    // Commands sent before this one keep their answers, so that what a cut leaves unknown is this one alone.
    if (endsConnection(fault)) await connection.answersDelivered()
    switch (fault.kind) {
      case 'cut':
        passage.dropped = true
        return connection.cut(fault)
      case 'cutAfterForward': {
        const cut = async (): Promise<void> => connection.cut(fault)
        this.#ending = fault.executed && answered
        if (this.#ending) state.plan = { type: 'swallow', atEnd: cut }
        else passage.atLast = cut
        return
      }
      case 'cutInsideRequest':
        passage.limit = fault
        return
      case 'cutInsideAnswer':
        this.#ending = answered
        if (answered) state.plan = { type: 'limit', limit: fault, atLimit: () => connection.cutBehind(fault) }
        else passage.atLast = async () => connection.cut(fault)
        return
      case 'silence':
      case 'slow':
      case 'freeze':
        connection.degrade(fault)
        if (connection.toServer.silent) passage.dropped = true
        return
      case 'delay':
      case 'hold':
        if (fault.cut) connection.cutClient(fault.cut)
        if (fault.direction !== 'to-server') state.plan = { type: 'wait', wait: () => connection.wait(fault) }
        if (fault.direction !== 'to-client') await connection.wait(fault)
        return
      case 'injectError':
      case 'garbage': {
        const reply = (sequenceId: number): Promise<void> =>
          connection.reply(replyBytes(fault, sequenceId), fault.ending)
        if (fault.forward && answered) {
          state.plan = { type: 'swallow', atEnd: reply }
          return
        }
        passage.dropped = !fault.forward
        passage.atLast = async () => {
          await connection.answersDelivered()
          await reply(exchange.lastSequenceId + 1)
        }
        return
      }
    }
  }
}

function endsConnection(fault: Fault): boolean {
  if (fault.kind === 'delay' || fault.kind === 'hold') return fault.cut !== undefined
  return fault.kind === 'cut' || fault.kind === 'cutInsideRequest' || fault.kind === 'cutAfterForward'
}
