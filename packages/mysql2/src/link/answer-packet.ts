import type { SessionChange } from '@comeback/core'

/** Byte that an OK packet starts with. */
export const OK = 0x00
/** Byte that an EOF packet starts with; a row may start with it as well, but is longer then. */
export const EOF = 0xfe
/** Byte that an error packet starts with. */
export const ERR = 0xff

/** Payloads that start with 0xfe and are shorter than this are EOF packets, not rows. */
export const EOF_LIMIT = 9

/** Status flag: the packet tells of changed session state behind its info text. */
const SESSION_STATE_CHANGED = 0x4000

function afterLengthEncoded(buffer: Buffer, at: number): number {
  const first = buffer[at] ?? 0
  if (first < 0xfb) return at + 1
  if (first === 0xfc) return at + 3
  if (first === 0xfd) return at + 4
  return first === 0xfe ? at + 9 : at + 1
}

function lengthEncoded(buffer: Buffer, at: number): number {
  const first = buffer[at] ?? 0
  if (first < 0xfb) return first
  if (first === 0xfc) return buffer.readUInt16LE(at + 1)
  if (first === 0xfd) return buffer.readUIntLE(at + 1, 3)
  return first === 0xfe ? Number(buffer.readBigUInt64LE(at + 1)) : 0
}

/** Where the status flags of an OK packet stand: behind its affected rows and insert id. */
function statusOffset(buffer: Buffer, start: number): number {
  return afterLengthEncoded(buffer, afterLengthEncoded(buffer, start + 1))
}

/** The status flags of the EOF packet that starts at `start`. */
export function eofStatus(buffer: Buffer, start: number): number {
  return buffer.readUInt16LE(start + 3)
}

/** The status flags of the OK packet that starts at `start`. */
export function okStatus(buffer: Buffer, start: number): number {
  return buffer.readUInt16LE(statusOffset(buffer, start))
}

type Mutable = { schema?: string; variables?: Map<string, string>; unnamed?: boolean }

const SYSTEM_VARIABLES = 0
const SCHEMA = 1
const STATE_CHANGE = 2

function readText(buffer: Buffer, at: number): { text: string; next: number } {
  const from = afterLengthEncoded(buffer, at)
  const next = from + lengthEncoded(buffer, at)
  return { text: buffer.toString('utf8', from, next), next }
}

/** Reads one entry's body into `change`; entries of other kinds (GTIDs, transaction state) are passed over. */
function readEntry(change: Mutable, type: number, buffer: Buffer, at: number, end: number): void {
  if (type === SCHEMA) change.schema = readText(buffer, at).text
  else if (type === STATE_CHANGE) change.unnamed = true
  else if (type === SYSTEM_VARIABLES) {
    change.variables ??= new Map()
    for (let position = at; position < end; ) {
      const name = readText(buffer, position)
      const value = readText(buffer, name.next)
      change.variables.set(name.text, value.text)
      position = value.next
    }
  }
}

/** What an OK packet tells of changed session state, or undefined. mysql2 parses only a part of it and keeps it to itself. */
export function sessionChange(buffer: Buffer, start: number, end: number): SessionChange | undefined {
  const status = statusOffset(buffer, start)
  if ((buffer.readUInt16LE(status) & SESSION_STATE_CHANGED) === 0) return undefined
  const info = status + 4
  let at = afterLengthEncoded(buffer, info) + lengthEncoded(buffer, info)
  if (at >= end) return undefined
  const last = Math.min(end, afterLengthEncoded(buffer, at) + lengthEncoded(buffer, at))
  at = afterLengthEncoded(buffer, at)
  const change: Mutable = {}
  while (at < last) {
    const type = buffer[at] ?? -1
    const from = afterLengthEncoded(buffer, at + 1)
    const next = from + lengthEncoded(buffer, at + 1)
    readEntry(change, type, buffer, from, next)
    at = next
  }
  return change
}
