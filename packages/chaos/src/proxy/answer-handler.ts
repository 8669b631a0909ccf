import type { Share } from '../journal/journal-records.js'
import type { ServerUnit } from '../protocol/conversation.js'
import { limitAnswer } from './answer-limit.js'
import type { Connection } from './connection.js'
import type { ExchangeState } from './exchange-state.js'

/** A chunk from the server and what it consists of. */
export interface ServerChunk {
  readonly bytes: Buffer
  readonly units: readonly ServerUnit[]
}

/** Brings what the server sends to the client, but for answers that a fault has a plan for. */
export class AnswerHandler {
  readonly #connection: Connection
  #chunk: Buffer = Buffer.alloc(0)
  #from = 0
  #to = 0
  #marks: { readonly state: ExchangeState; readonly share: Share }[] = []

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async handle({ bytes, units }: ServerChunk): Promise<void> {
    this.#chunk = bytes
    this.#from = 0
    this.#to = 0
    for (const unit of units) {
      const state = this.#connection.states.get(unit.exchange)
      if (state && unit.begins) state.sequenceId = unit.sequenceId
      if (state?.plan) await this.#planned(unit, state)
      else this.#pass(unit, state)
    }
    await this.#flush()
    this.#connection.host.journal.changed()
  }

  async #planned(unit: ServerUnit, state: ExchangeState): Promise<void> {
    const plan = state.plan
    switch (plan?.type) {
      case 'wait':
        await this.#flush()
        state.plan = undefined
        await plan.wait()
        return this.#pass(unit, state)
      case 'swallow':
        await this.#flush()
        this.#skip(unit.bytes.length)
        if (unit.ends) await plan.atEnd(state.sequenceId)
        return
      case 'limit': {
        const { pass, cut } = limitAnswer(plan.limit, state.progress, unit)
        this.#to += pass
        if (pass > 0) this.#marks.push({ state, share: 'part' })
        if (!cut) return
        await this.#flush()
        this.#skip(unit.bytes.length - pass)
        return plan.atLimit()
      }
    }
  }

  #pass(unit: ServerUnit, state: ExchangeState | undefined): void {
    this.#to += unit.bytes.length
    if (!state || !(unit.begins || unit.ends)) return
    const complete = unit.ends && state.record.answer !== undefined
    this.#marks.push({ state, share: complete ? 'yes' : 'part' })
  }

  #skip(size: number): void {
    this.#to += size
    this.#from = this.#to
  }

  async #flush(): Promise<void> {
    const bytes = this.#chunk.subarray(this.#from, this.#to)
    const marks = this.#marks
    this.#from = this.#to
    this.#marks = []
    const { record, toClient, host } = this.#connection
    if (bytes.length === 0 || !(await toClient.send(bytes))) return
    // A client that has left takes nothing in, even if its socket still does. One cut off behind these bytes has them.
    if (!record.open && record.closedBy !== 'proxy') return
    for (const { state, share } of marks) {
      Object.assign(state.record, { answered: share, answeredAtMs: host.journal.now() })
    }
  }
}
