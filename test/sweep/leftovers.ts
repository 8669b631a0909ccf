/** What keeps a process alive and must go with the client that made it. */
const kinds = new Set(['TCPSocketWrap', 'TCPServerWrap', 'Timeout', 'TCPConnectWrap', 'GetAddrInfoReqWrap'])

export type Resources = ReadonlyMap<string, number>

/** What every library in the process shares, and may leave a listener on. */
const shared: Readonly<Record<string, NodeJS.EventEmitter>> = {
  process,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
}

export function resourcesNow(): Resources {
  const counts = new Map<string, number>()
  for (const [name, emitter] of Object.entries(shared)) {
    for (const event of emitter.eventNames()) {
      counts.set(`listener of ${name} '${String(event)}'`, emitter.listenerCount(event))
    }
  }
  for (const kind of process.getActiveResourcesInfo()) {
    if (kinds.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** Waits a little for what is about to go, and names what stays. */
export async function leftSince(before: Resources): Promise<readonly string[]> {
  const giveUpAt = performance.now() + 1_000
  for (;;) {
    // No timer of our own is to be counted.
    await new Promise(resolve => setImmediate(resolve))
    const left = [...resourcesNow()]
      .filter(([kind, count]) => count > (before.get(kind) ?? 0))
      .map(([kind, count]) => `${kind}: ${count}, before ${before.get(kind) ?? 0}`)
    if (left.length === 0 || performance.now() > giveUpAt) return left
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
