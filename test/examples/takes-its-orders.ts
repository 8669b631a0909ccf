import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { startServer } from '../database/index.js'

const tsx = fileURLToPath(new URL('../../node_modules/.bin/tsx', import.meta.url))

/** Tells that the example in a folder of `examples/` does not notice that its connections are killed. */
export function takesItsOrders(folder: string): void {
  const application = fileURLToPath(new URL(`../../examples/${folder}/src/main.ts`, import.meta.url))

  it('the example takes all its orders while its connections are killed, and ends by itself', async () => {
    await using server = await startServer()
    const child = spawn(tsx, ['--conditions=comeback-source', application], {
      // Long enough for the killer to strike between two orders.
      env: { ...process.env, DATABASE_URL: server.url, PAUSE_MS: '200' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const complaints: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
    const ended = new Promise(resolve => child.once('close', resolve))
    let killed = 0
    for await (const line of createInterface(child.stdout)) {
      if (line.startsWith('order ')) killed += (await server.admin.killAll()).length
    }
    expect(await ended, complaints.join('')).toBe(0)
    expect(complaints).toEqual([])
    expect(killed).toBeGreaterThanOrEqual(10)
    const [orders] = await server.admin.query<{ n: number }>('SELECT COUNT(*) AS n FROM test.orders')
    const [stock] = await server.admin.query<{ quantity: number }>('SELECT quantity FROM test.stock')
    expect(Number(orders?.n)).toBe(10)
    expect(stock?.quantity).toBe(100)
  })
}
