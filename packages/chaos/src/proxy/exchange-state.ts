import type { JournalCommand, Writable } from '../journal/journal-records.js'
import type { Exchange } from '../protocol/conversation.js'
import type { AnswerLimit, AnswerProgress } from './answer-limit.js'

/** What is to become of the answer to a command. */
export type AnswerPlan =
  /** It waits before its first byte. */
  | { readonly type: 'wait'; wait(): Promise<void> }
  /** None of it goes to the client; something else happens at its end. */
  | { readonly type: 'swallow'; atEnd(sequenceId: number): Promise<void> }
  /** It ends too early. */
  | { readonly type: 'limit'; readonly limit: AnswerLimit; atLimit(): Promise<void> }

/** What the proxy knows of a command besides what is on the wire. */
export interface ExchangeState {
  readonly record: Writable<JournalCommand>
  readonly progress: AnswerProgress
  /** Sequence id of the first packet of the answer. */
  sequenceId: number
  plan: AnswerPlan | undefined
}

/** States of a connection's commands. */
export class ExchangeStates {
  readonly #states: WeakMap<Exchange, ExchangeState> = new WeakMap()

  add(exchange: Exchange, record: Writable<JournalCommand>): ExchangeState {
    const state: ExchangeState = { record, progress: { bytes: 0, rows: 0 }, sequenceId: -1, plan: undefined }
    this.#states.set(exchange, state)
    return state
  }

  get(exchange: Exchange | undefined): ExchangeState | undefined {
    return exchange && this.#states.get(exchange)
  }
}
