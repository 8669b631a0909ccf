import type { CommandKind } from './command.js'
import type { Dialect } from './handshake.js'
import { readLengthEncoded } from './length-encoded.js'
import type { Packet } from './packet-splitter.js'
import { readEofStatus, readErr, readOk, serverStatus } from './status-packets.js'

/** What the server answered to a command, as it arrived at the proxy. */
export interface Answer {
  /** `ok`: no rows; `rows`: at least one result set; `err`: ended by an error; `other`: a form of its own. */
  readonly kind: 'ok' | 'rows' | 'err' | 'other'
  /** Rows of all result sets. */
  readonly rows: number
  /** Affected rows, added up over all results. */
  readonly affectedRows: number
  /** Results: a statement without rows counts as one, a procedure may give several. */
  readonly results: number
  /** The server's status word in the last OK or EOF packet. */
  readonly status: number | undefined
  /** Error number, if the kind is `err`. */
  readonly errno: number | undefined
  /** SQLSTATE, if the kind is `err` and the server sent one. */
  readonly sqlState: string | undefined
  /** Id that a prepare gave out. */
  readonly statementId: number | undefined
}

/** What one packet was within its answer. */
export type AnswerStep =
  | 'part'
  /** Column definitions are complete: the next packet is a row or the end. */
  | 'columns-done'
  | 'row'
  /** The server waits for the file of LOAD DATA LOCAL. */
  | 'upload'
  /** Part of a login exchange that asks the client for more. */
  | 'exchange'
  | 'done'
  /** Not understood: nothing more can be said of this connection's borders. */
  | 'lost'

type Step = (payload: Buffer, length: number) => AnswerStep

const progressReport = 0xff_ff

/** Reads the answer to one command, packet by packet, and knows where it ends. Never throws. */
export class AnswerReader {
  readonly #dialect: Dialect
  #step: Step
  #definitions = 0
  readonly #answer: { -readonly [Key in keyof Answer]: Answer[Key] } = {
    kind: 'ok',
    rows: 0,
    affectedRows: 0,
    results: 0,
    status: undefined,
    errno: undefined,
    sqlState: undefined,
    statementId: undefined,
  }

  constructor(kind: CommandKind, dialect: Dialect) {
    this.#dialect = dialect
    this.#step = this.#firstStep(kind)
  }

  /** What is known of the answer so far; complete after `done`. */
  get answer(): Answer {
    return this.#answer
  }

  /** Takes the next packet of the answer. */
  read(packet: Packet): AnswerStep {
    const payload = packet.head
    if (payload[0] !== 0xff) return this.#step(payload, packet.length)
    const error = readErr(payload)
    if (!error) return 'lost'
    if (error.errno === progressReport) return 'part'
    this.#note({ kind: 'err', errno: error.errno, sqlState: error.sqlState })
    return 'done'
  }

  #firstStep(kind: CommandKind): Step {
    switch (kind) {
      case 'query':
      case 'execute':
      case 'bulk-execute':
      case 'process-info':
        return this.#resultHeader
      case 'prepare':
        return this.#prepared
      case 'fetch':
        this.#note({ kind: 'rows', results: 1 })
        return this.#row
      case 'field-list':
        return this.#fieldList
      case 'statistics':
        return this.#oneText
      case 'login':
      case 'change-user':
        return this.#authentication
      case 'replication':
        return () => 'lost'
      default:
        return this.#oneStatus
    }
  }

  readonly #oneStatus: Step = (payload, length) => {
    if (payload[0] === 0x00) return this.#ok(payload)
    return this.#isEnd(payload, length) ? this.#end(payload) : 'lost'
  }

  readonly #oneText: Step = () => {
    this.#note({ kind: 'other' })
    return 'done'
  }

  readonly #authentication: Step = payload => {
    if (payload[0] !== 0x00) return 'exchange'
    return this.#ok(payload)
  }

  readonly #resultHeader: Step = payload => {
    if (payload[0] === 0x00) return this.#ok(payload)
    if (payload[0] === 0xfb) {
      this.#step = this.#afterUpload
      return 'upload'
    }
    const count = readLengthEncoded(payload, 0)
    if (!count) return 'lost'
    const withDefinitions = !this.#dialect.optionalMetadata || payload[count.next] !== 0
    this.#note({ kind: 'rows', results: this.#answer.results + 1 })
    return this.#expectDefinitions(withDefinitions ? count.value : 0, this.#row)
  }

  readonly #afterUpload: Step = payload => (payload[0] === 0x00 ? this.#ok(payload) : 'lost')

  #expectDefinitions(count: number, next: Step): AnswerStep {
    const eofFollows = !this.#dialect.deprecateEof
    this.#definitions = count
    this.#step = (payload, length) => {
      if (this.#definitions > 0) {
        this.#definitions--
        if (this.#definitions > 0 || eofFollows) return 'part'
        this.#step = next
        return 'columns-done'
      }
      if (!this.#isEnd(payload, length)) return 'lost'
      this.#step = next
      const status = readEofStatus(payload) ?? 0
      this.#note({ status })
      return (status & serverStatus.cursorExists) !== 0 ? 'done' : 'columns-done'
    }
    if (count > 0 || eofFollows) return 'part'
    this.#step = next
    return 'columns-done'
  }

  readonly #row: Step = (payload, length) => {
    if (this.#isEnd(payload, length)) return this.#end(payload)
    this.#answer.rows++
    return 'row'
  }

  readonly #fieldList: Step = (payload, length) => {
    if (!this.#isEnd(payload, length)) return 'part'
    this.#note({ kind: 'other' })
    return 'done'
  }

  readonly #prepared: Step = payload => {
    if (payload[0] !== 0x00 || payload.length < 9) return 'lost'
    this.#note({ kind: 'ok', results: 1, statementId: payload.readUInt32LE(1) })
    const withDefinitions = !(this.#dialect.optionalMetadata && payload.length > 12 && payload[12] === 0)
    const columns = withDefinitions ? payload.readUInt16LE(5) : 0
    const parameters = withDefinitions ? payload.readUInt16LE(7) : 0
    const groups = [parameters, columns].filter(count => count > 0)
    if (groups.length === 0) return 'done'
    let packets = 0
    for (const count of groups) packets += count + (this.#dialect.deprecateEof ? 0 : 1)
    this.#step = () => (--packets === 0 ? 'done' : 'part')
    return 'part'
  }

  #isEnd(payload: Buffer, length: number): boolean {
    return payload[0] === 0xfe && (this.#dialect.deprecateEof ? length < 0xff_ff_ff : length < 9)
  }

  #ok(payload: Buffer): AnswerStep {
    const ok = readOk(payload)
    if (!ok) return 'lost'
    this.#note({
      results: this.#answer.results + 1,
      affectedRows: this.#answer.affectedRows + ok.affectedRows,
      status: ok.status,
    })
    return this.#afterResult(ok.status)
  }

  #end(payload: Buffer): AnswerStep {
    const isEof = payload.length < 7
    const status = isEof ? readEofStatus(payload) : readOk(payload)?.status
    if (status === undefined) return payload.length === 1 ? 'done' : 'lost'
    this.#note({ status })
    return this.#afterResult(status)
  }

  #afterResult(status: number): AnswerStep {
    if ((status & serverStatus.moreResults) === 0) return 'done'
    this.#step = this.#resultHeader
    return 'part'
  }

  #note(facts: Partial<Answer>): void {
    Object.assign(this.#answer, facts)
  }
}
