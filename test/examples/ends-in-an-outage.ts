import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { startServer } from '../database/index.js'

const tsx = fileURLToPath(new URL('../../node_modules/.bin/tsx', import.meta.url))

/** Tells that an application, which says `ready` and then ends its client, can do so in an outage. */
export function endsInAnOutage(application: URL): void {
  it('destroy() while the server is down settles, refuses who is waiting, and lets the process end', async () => {
    await using server = await startServer()
    const child = spawn(tsx, ['--conditions=comeback-source', fileURLToPath(application)], {
      env: { ...process.env, DATABASE_URL: server.url },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = new Promise(resolve => child.once('close', resolve))
    const lines: string[] = []
    for await (const line of createInterface(child.stdout)) {
      lines.push(line)
      if (line !== 'ready') continue
      await server.kill9()
      child.stdin.end('go\n')
    }
    expect(await ended).toBe(0)
    expect(lines).toEqual(['ready', 'refused'])
  })
}
