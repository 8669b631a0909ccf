import type { FaultKind } from '../faults/fault.js'
import type { Answer } from '../protocol/answer-reader.js'
import type { CommandKind } from '../protocol/command.js'

/** How much of something got through. */
export type Share = 'no' | 'part' | 'yes'

/** One command that a client sent. */
export interface JournalCommand {
  /** Order of arrival over all connections, from 1. Goes on after `clear()`. */
  readonly seq: number
  /** Id of its connection. */
  readonly connection: number
  /** Order within its connection, from 1; the login is 0. */
  readonly index: number
  /** What the client asked for. */
  readonly kind: CommandKind
  /** SQL text, also of an execute, whose text is that of its prepare. The first megabyte of a larger one. */
  readonly sql: string | undefined
  /** Id of the prepared statement: of a prepare, known when it is answered. */
  readonly statementId: number | undefined
  /** Bytes on the wire, headers included. */
  readonly bytes: number
  /** Milliseconds since the proxy started. */
  readonly atMs: number
  /** How much of it went to the server. */
  readonly forwarded: Share
  /** How much of the server's own answer went to the client. */
  readonly answered: Share
  /** When the last of that went, in milliseconds since the proxy started; undefined while nothing has. */
  readonly answeredAtMs: number | undefined
  /** What the server answered, as it arrived at the proxy; undefined while incomplete. */
  readonly answer: Answer | undefined
  /** The fault that it triggered. */
  readonly fault: FaultKind | undefined
}

/** One connection that a client opened. */
export interface JournalConnection {
  /** Order of opening, from 1. Goes on after `clear()`. */
  readonly id: number
  /** Milliseconds since the proxy started. */
  readonly openedAtMs: number
  /** The client's port. */
  readonly clientPort: number | undefined
  /** The port from which the proxy talks to the server: what the server's process list shows. */
  readonly serverPort: number | undefined
  /** The server's thread id, from its greeting. */
  readonly threadId: number | undefined
  /** The server's version, from its greeting. */
  readonly serverVersion: string | undefined
  /** Whether the server has accepted the login, as far as the proxy can read it. */
  readonly loggedIn: boolean
  /** Borders cannot be read (TLS, compression, replication, garbage): no commands are journaled from there on. */
  readonly opaque: boolean
  /** Whole packets that went to the server, the login among them. Means nothing with TLS or compression. */
  readonly packetsToServer: number
  /** Whole packets that went to the client, the greeting among them. Means nothing with TLS or compression. */
  readonly packetsToClient: number
  /** Whether the client's side is open. */
  readonly open: boolean
  /** Whether the server's side is open; it may outlive the client's. */
  readonly serverOpen: boolean
  /** Milliseconds since the proxy started, when the client's side closed. */
  readonly closedAtMs: number | undefined
  /** Who ended the client's side. A server that closes because the client said `quit` is not to blame. */
  readonly closedBy: 'client' | 'server' | 'proxy' | undefined
  /** How the client's side ended. */
  readonly closeKind: 'fin' | 'rst' | undefined
  /** Error numbers that the server sent at connect, at login, or unasked, while the client was there. */
  readonly serverErrors: readonly number[]
  /** Why the server could not be reached, such as ECONNREFUSED. */
  readonly targetError: string | undefined
  /** Faults that hit the connection outside a command: at connect, login, idle, stream. */
  readonly faults: readonly FaultKind[]
}

/** A record as its owner writes it. */
export type Writable<Record> = { -readonly [Key in keyof Record]: Record[Key] }
