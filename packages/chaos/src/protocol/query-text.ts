import { readLengthEncoded } from './length-encoded.js'

const fixedWidth: ReadonlyMap<number, number> = new Map([
  [0x01, 1], // tiny
  [0x02, 2], // short
  [0x0d, 2], // year
  [0x03, 4], // long
  [0x09, 4], // int24
  [0x04, 4], // float
  [0x08, 8], // longlong
  [0x05, 8], // double
  [0x06, 0], // null
])

const dateTypes: ReadonlySet<number> = new Set([0x07, 0x0a, 0x0b, 0x0c])

/** SQL text of a COM_QUERY payload. With query attributes the text stands behind their values. */
export function readQueryText(payload: Buffer, queryAttributes: boolean): string {
  const start = queryAttributes ? skipAttributes(payload) : 1
  return payload.toString('utf8', start ?? 1)
}

function skipAttributes(payload: Buffer): number | undefined {
  const count = readLengthEncoded(payload, 1)
  const sets = count && readLengthEncoded(payload, count.next)
  if (!sets) return undefined
  if (count.value === 0) return sets.next
  const nullBitmap = sets.next
  let at = nullBitmap + Math.ceil(count.value / 8)
  if (payload[at++] !== 1) return undefined
  const types: number[] = []
  for (let index = 0; index < count.value; index++) {
    const name = readLengthEncoded(payload, at + 2)
    if (!name) return undefined
    types.push(payload[at] as number)
    at = name.next + name.value
  }
  for (const [index, type] of types.entries()) {
    const isNull = ((payload[nullBitmap + (index >> 3)] ?? 0) >> (index & 7)) & 1
    const next = isNull ? at : skipValue(payload, at, type)
    if (next === undefined || next > payload.length) return undefined
    at = next
  }
  return at
}

function skipValue(payload: Buffer, at: number, type: number): number | undefined {
  const width = fixedWidth.get(type)
  if (width !== undefined) return at + width
  if (dateTypes.has(type)) return at + 1 + (payload[at] ?? 0)
  const text = readLengthEncoded(payload, at)
  return text && text.next + text.value
}
