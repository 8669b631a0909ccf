import { useExternalServer } from './external-server.js'
import { findServer } from './find-server.js'
import { startPrivateServer } from './private-server.js'
import type { Server, StartOptions } from './types.js'

/**
 * Starts a private throw-away server on 127.0.0.1 in about 0.1 s (MySQL: 0.5 s) and resolves when it answers
 * queries. Any number may run beside each other. On a machine without one the server is fetched first. End it
 * with `stop()` or `await using`; when this process dies, the server and its folder are removed all the same.
 */
export async function startServer(options: StartOptions = {}): Promise<Server> {
  checkOptions(options)
  const found = await findServer(options.flavour)
  if (found.kind === 'url') return await useExternalServer(found, options)
  return await startPrivateServer(found, options)
}

function checkOptions(options: StartOptions): void {
  const known = ['flavour', 'flags', 'startTimeoutMs']
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      throw new TypeError(`startServer: unknown option ${key}; known: ${known.join(', ')}`)
  }
  const { flavour, startTimeoutMs = 1 } = options
  if (flavour !== undefined && flavour !== 'mariadb' && flavour !== 'mysql') {
    throw new TypeError(`startServer: flavour must be 'mariadb' or 'mysql', got ${String(flavour)}`)
  }
  if (!Number.isFinite(startTimeoutMs) || startTimeoutMs < 1 || startTimeoutMs > 600_000) {
    throw new RangeError(`startServer: startTimeoutMs must be 1 to 600000, got ${String(startTimeoutMs)}`)
  }
}
