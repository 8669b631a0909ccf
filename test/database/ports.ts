import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { claimServerFolder } from './guard.js'
import type { Owner } from './owner.js'

/**
 * Claims a free port with the folder that reserves it. The port lies below the range from which the kernel
 * takes client ports: otherwise, while a killed server is down, a client could be given that very port (and
 * connect to itself).
 */
export async function claimPort(owner: Owner): Promise<{ port: number; folder: string }> {
  const end = firstClientPort()
  const start = Math.min(20_000, end - 2_000)
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(start, end)
    if (!(await isFree(port))) continue
    const folder = claimServerFolder(port, owner)
    if (folder !== undefined) return { port, folder }
  }
  throw new Error(`no free port between ${start} and ${end} on 127.0.0.1`)
}

function firstClientPort(): number {
  try {
    const first = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10)
    return first > 12_000 ? Math.min(first, 32_768) : 32_768
  } catch {
    return 32_768
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
