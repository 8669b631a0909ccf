import { type Answer, AnswerReader } from './answer-reader.js'
import { isAnswered, type ParsedCommand, parseCommand } from './command.js'
import { type Dialect, type Greeting, readGreeting, readLogin } from './handshake.js'
import { type Fragment, PacketSplitter } from './packet-splitter.js'
import { readErr } from './status-packets.js'

/** How much of a command is collected before it is handed on: what matchers can see of its text. */
const commandHeadLimit = 1 << 20
const answerHeadLimit = 1 << 10
/** `execute` of "the statement prepared last", used by clients that send both in one go. */
const lastPrepared = 0xff_ff_ff_ff

const plainDialect: Dialect = { deprecateEof: false, optionalMetadata: false, queryAttributes: false }

/** One command and the place where its answer will be read. */
export interface Exchange extends ParsedCommand {
  /** Wire bytes of the command that have arrived. */
  bytes: number
  /** Sequence id of the command's last wire packet: an answer begins with the next. */
  lastSequenceId: number
  /** Undefined once the answer is complete, or if the command has none. */
  reader: AnswerReader | undefined
  answer: Answer | undefined
}

/** A stretch of what the client sent. */
export type ClientUnit =
  /** Part of a handshake or an upload, or of a stream whose borders are unknown. */
  | { readonly type: 'bytes'; readonly bytes: Buffer }
  /** A whole command, or the first megabyte of a large one. */
  | { readonly type: 'command'; readonly exchange: Exchange; readonly bytes: Buffer; readonly last: boolean }
  /** More of a large command. */
  | { readonly type: 'more'; readonly exchange: Exchange; readonly bytes: Buffer; readonly last: boolean }

/** A stretch of what the server sent; at most one packet ends in it, and that at its end. */
export interface ServerUnit {
  readonly bytes: Buffer
  /** Sequence id of the packet's first wire packet; -1 where it is not known. */
  readonly sequenceId: number
  /** The command that this is an answer to. Undefined for a greeting, a login exchange, unknown bytes. */
  readonly exchange: Exchange | undefined
  readonly begins: boolean
  /** A row ends here. */
  readonly row: boolean
  /** Column definitions end here. */
  readonly columnsDone: boolean
  /** The answer ends here, or is not understood from here on. */
  readonly ends: boolean
}

/** What the conversation tells besides its units. */
export interface ConversationListener {
  greeted(greeting: Greeting): void
  loggedIn(): void
  /** The server refused the login, or spoke up without being asked. */
  serverError(errno: number): void
  /** Borders are unknown from here on: what was collected of a command (`flushClient`) goes its way. */
  becameOpaque(): void
}

/** Follows both directions of one connection, so that each byte is known to belong to a command or its answer. Pure. */
export class Conversation {
  readonly #listener: ConversationListener
  readonly #fromClient: PacketSplitter = new PacketSplitter(commandHeadLimit)
  readonly #fromServer: PacketSplitter = new PacketSplitter(answerHeadLimit)
  readonly #statements: Map<number, string> = new Map()
  readonly #awaited: Exchange[] = []
  #lastPreparedSql: string | undefined
  #phase: 'greeting' | 'login' | 'command' | 'opaque' = 'greeting'
  #greeting: Greeting | undefined
  #dialect: Dialect = plainDialect
  #compressed = false
  #uploading = false
  #pending: Buffer[] = []
  #current: Exchange | undefined
  #answering: Exchange | undefined

  constructor(listener: ConversationListener) {
    this.#listener = listener
  }

  get opaque(): boolean {
    return this.#phase === 'opaque'
  }

  /** Whether the client may send a command and no answer is owed. */
  get idle(): boolean {
    return this.#phase === 'command' && this.#awaited.length === 0 && this.#pending.length === 0
  }

  /** Commands forwarded whose answer has not wholly arrived. */
  get awaited(): number {
    return this.#awaited.length
  }

  /** To be told before the first byte of a command goes to the server: its answer is next in turn. */
  expect(exchange: Exchange): void {
    if (exchange.reader) this.#awaited.push(exchange)
  }

  /** Takes bytes from the client. */
  fromClient(chunk: Buffer): ClientUnit[] {
    if (this.opaque) return [{ type: 'bytes', bytes: chunk }]
    const units: ClientUnit[] = []
    for (const fragment of this.#fromClient.push(chunk)) {
      const unit = this.#clientFragment(fragment)
      if (unit) units.push(unit)
    }
    return units
  }

  /** What was collected of an unfinished command, when the client will send no more. */
  flushClient(): Buffer {
    const bytes = Buffer.concat(this.#pending)
    this.#pending = []
    return bytes
  }

  /** Takes bytes from the server. */
  fromServer(chunk: Buffer): ServerUnit[] {
    if (this.opaque) return [wholly(chunk)]
    return this.#fromServer.push(chunk).map(fragment => this.#serverFragment(fragment))
  }

  #clientFragment(fragment: Fragment): ClientUnit | undefined {
    if (this.opaque) return { type: 'bytes', bytes: fragment.bytes }
    if (this.#current) return this.#more(this.#current, fragment)
    if (this.#pending.length === 0 && this.#isContinuation(fragment)) {
      return { type: 'bytes', bytes: fragment.bytes }
    }
    this.#pending.push(fragment.bytes)
    const { packet, ends } = fragment
    if (!ends && packet.head.length < commandHeadLimit) return undefined
    const bytes = this.flushClient()
    if (this.#phase === 'greeting') {
      this.#turnOpaque()
      return { type: 'bytes', bytes }
    }
    const exchange = this.#openExchange(fragment, bytes.length)
    this.#current = ends ? undefined : exchange
    return { type: 'command', exchange, bytes, last: ends }
  }

  #more(exchange: Exchange, fragment: Fragment): ClientUnit {
    exchange.bytes += fragment.bytes.length
    exchange.lastSequenceId = fragment.packet.lastSequenceId
    if (fragment.ends) this.#current = undefined
    return { type: 'more', exchange, bytes: fragment.bytes, last: fragment.ends }
  }

  /** Whether these bytes continue a login exchange or an upload instead of beginning a command. */
  #isContinuation(fragment: Fragment): boolean {
    if (this.#uploading) {
      if (fragment.ends && fragment.packet.length === 0) this.#uploading = false
      return true
    }
    const awaited = this.#awaited[0]
    const inLogin = awaited?.kind === 'login' || awaited?.kind === 'change-user'
    return inLogin && fragment.packet.sequenceId !== 0
  }

  #openExchange({ packet }: Fragment, bytes: number): Exchange {
    const isLogin = this.#phase === 'login' && this.#awaited.length === 0
    const parsed = isLogin ? this.#readLogin(packet.head) : this.#readCommand(packet.head)
    return {
      ...parsed,
      bytes,
      lastSequenceId: packet.lastSequenceId,
      reader: isAnswered(parsed.kind) ? new AnswerReader(parsed.kind, this.#dialect) : undefined,
      answer: undefined,
    }
  }

  #readLogin(payload: Buffer): ParsedCommand {
    const login = this.#greeting && readLogin(payload, this.#greeting)
    if (login?.readable) {
      this.#dialect = login.dialect
      this.#compressed = login.compressed
    } else {
      this.#turnOpaque()
    }
    return { kind: 'login', sql: undefined, statementId: undefined }
  }

  #readCommand(payload: Buffer): ParsedCommand {
    const parsed = parseCommand(payload, this.#dialect.queryAttributes)
    if (parsed.kind === 'prepare') this.#lastPreparedSql = parsed.sql
    if (parsed.statementId === undefined) return parsed
    const isLast = parsed.statementId === lastPrepared
    const sql = isLast ? this.#lastPreparedSql : this.#statements.get(parsed.statementId)
    if (parsed.kind === 'close-statement') this.#statements.delete(parsed.statementId)
    return { ...parsed, sql }
  }

  #serverFragment(fragment: Fragment): ServerUnit {
    if (this.opaque) return wholly(fragment.bytes)
    const exchange = this.#awaited[0]
    const reader = exchange?.reader
    if (!exchange || !reader) return this.#unasked(fragment)
    const isLogin = exchange.kind === 'login' || exchange.kind === 'change-user'
    if (!fragment.ends) {
      // Whether a login packet is the last one is known at its end only; it is small enough not to matter.
      const begins = !isLogin && this.#answering !== exchange
      if (!isLogin) this.#answering = exchange
      const { sequenceId } = fragment.packet
      return { ...wholly(fragment.bytes), sequenceId, exchange: isLogin ? undefined : exchange, begins }
    }
    const step = reader.read(fragment.packet)
    if (step === 'upload') this.#uploading = true
    if (step === 'exchange' || step === 'upload') return wholly(fragment.bytes)
    const begins = this.#answering !== exchange
    this.#answering = exchange
    if (step === 'lost') this.#turnOpaque()
    if (step === 'done') this.#complete(exchange, reader)
    return {
      bytes: fragment.bytes,
      sequenceId: fragment.packet.sequenceId,
      exchange,
      begins,
      row: step === 'row',
      columnsDone: step === 'columns-done',
      ends: step === 'done' || step === 'lost',
    }
  }

  #complete(exchange: Exchange, reader: AnswerReader): void {
    this.#awaited.shift()
    this.#answering = undefined
    exchange.reader = undefined
    exchange.answer = reader.answer
    const { statementId, errno } = reader.answer
    if (exchange.kind === 'prepare' && statementId !== undefined) {
      this.#statements.set(statementId, exchange.sql ?? '')
    }
    if (exchange.kind === 'login') this.#loginAnswered(errno)
  }

  #loginAnswered(errno: number | undefined): void {
    if (errno !== undefined) {
      this.#listener.serverError(errno)
      return
    }
    this.#phase = 'command'
    this.#listener.loggedIn()
    if (this.#compressed) this.#turnOpaque()
  }

  #unasked(fragment: Fragment): ServerUnit {
    if (fragment.ends) {
      const error = readErr(fragment.packet.head)
      if (error) this.#listener.serverError(error.errno)
      else if (this.#phase === 'greeting') this.#readGreeting(fragment.packet.head)
      else this.#turnOpaque()
    }
    return wholly(fragment.bytes)
  }

  #readGreeting(payload: Buffer): void {
    const greeting = readGreeting(payload)
    if (!greeting) {
      this.#turnOpaque()
      return
    }
    this.#greeting = greeting
    this.#phase = 'login'
    this.#listener.greeted(greeting)
  }

  #turnOpaque(): void {
    this.#phase = 'opaque'
    this.#listener.becameOpaque()
  }
}

function wholly(bytes: Buffer): ServerUnit {
  return {
    bytes,
    sequenceId: -1,
    exchange: undefined,
    begins: false,
    row: false,
    columnsDone: false,
    ends: false,
  }
}
