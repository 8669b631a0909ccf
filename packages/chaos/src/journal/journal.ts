import { type CommandMatch, type KindChoice, selectCommands } from '../faults/selector.js'
import type { JournalCommand, JournalConnection, Writable } from './journal-records.js'
import { commandLine, connectionLine } from './journal-text.js'

/**
 * What crossed the wire, in order. With a `match` and no `kind`, the questions are about commands that execute SQL
 * (query, execute, bulk-execute), so that a prepare does not count as one more.
 */
export interface Journal {
  /** Commands in the order of their arrival. The login is not among them. */
  readonly commands: readonly JournalCommand[]
  /** Connections opened since the start or the last `clear()`. */
  readonly connections: readonly JournalConnection[]
  /** Connections whose client's side is open, whenever they were opened. */
  readonly openConnections: readonly JournalConnection[]
  /** Commands that wholly went to the server. */
  sent(match?: CommandMatch, kind?: KindChoice): readonly JournalCommand[]
  /** How many commands wholly went to the server. */
  sentTimes(match?: CommandMatch, kind?: KindChoice): number
  /** How many answers of the server wholly went to the client. */
  answeredTimes(match?: CommandMatch, kind?: KindChoice): number
  /** A line for each connection and command: for the message of a failed test. Contains SQL texts. */
  toText(): string
  /** Forgets commands and connections. Open connections stay in `openConnections`, their coming commands are noted. */
  clear(): void
}

/** The journal as the proxy writes it. */
export class JournalBook implements Journal {
  #commands: JournalCommand[] = []
  #connections: JournalConnection[] = []
  readonly #open: Set<JournalConnection> = new Set()
  readonly #listeners: Set<() => void> = new Set()
  readonly #startedAt: number = performance.now()
  #lastSeq = 0
  #lastConnection = 0

  get commands(): readonly JournalCommand[] {
    return this.#commands
  }

  get connections(): readonly JournalConnection[] {
    return this.#connections
  }

  get openConnections(): readonly JournalConnection[] {
    return [...this.#open]
  }

  sent(match?: CommandMatch, kind?: KindChoice): readonly JournalCommand[] {
    const chosen = selectCommands(match, kind)
    return this.#commands.filter(command => command.forwarded === 'yes' && chosen(command))
  }

  sentTimes(match?: CommandMatch, kind?: KindChoice): number {
    return this.sent(match, kind).length
  }

  answeredTimes(match?: CommandMatch, kind?: KindChoice): number {
    const chosen = selectCommands(match, kind)
    return this.#commands.filter(command => command.answered === 'yes' && chosen(command)).length
  }

  toText(): string {
    const shown = new Set([...this.#connections, ...this.#open])
    return [...[...shown].map(connectionLine), ...this.#commands.map(commandLine)].join('\n')
  }

  clear(): void {
    this.#commands = []
    this.#connections = []
  }

  /** Milliseconds since the start. */
  now(): number {
    return performance.now() - this.#startedAt
  }

  addConnection(clientPort: number | undefined): Writable<JournalConnection> {
    const record: Writable<JournalConnection> = {
      id: ++this.#lastConnection,
      openedAtMs: this.now(),
      clientPort,
      serverPort: undefined,
      threadId: undefined,
      serverVersion: undefined,
      loggedIn: false,
      opaque: false,
      packetsToServer: 0,
      packetsToClient: 0,
      open: true,
      serverOpen: false,
      closedAtMs: undefined,
      closedBy: undefined,
      closeKind: undefined,
      serverErrors: [],
      targetError: undefined,
      faults: [],
    }
    this.#connections.push(record)
    this.#open.add(record)
    this.changed()
    return record
  }

  closeConnection(
    record: Writable<JournalConnection>,
    by: 'client' | 'server' | 'proxy',
    kind: 'fin' | 'rst',
  ): void {
    if (!record.open) return
    record.open = false
    record.closedBy = by
    record.closeKind = kind
    record.closedAtMs = this.now()
    this.#open.delete(record)
    this.changed()
  }

  addCommand(
    facts: Pick<JournalCommand, 'connection' | 'index' | 'kind' | 'sql' | 'statementId' | 'bytes'>,
  ): Writable<JournalCommand> {
    const isLogin = facts.kind === 'login'
    const record: Writable<JournalCommand> = {
      ...facts,
      seq: isLogin ? 0 : ++this.#lastSeq,
      atMs: this.now(),
      forwarded: 'no',
      answered: 'no',
      answeredAtMs: undefined,
      answer: undefined,
      fault: undefined,
    }
    if (!isLogin) this.#commands.push(record)
    return record
  }

  /** Tells those who wait for something that something has changed. */
  changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  /** Calls back on every change until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
