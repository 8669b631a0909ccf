import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { availableServers } from '../database/index.js'
import type { Summary } from './summary.js'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const node = ['--expose-gc', '--conditions=comeback-source', '--import', 'tsx']

/** A soak in a process of its own: it listens to all that is printed, and looks at all handles. */
async function soak(args: readonly string[]): Promise<{ said: string; printed: string; status: number }> {
  const child = spawn(process.execPath, [...node, main, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number>(resolve => child.once('close', status => resolve(status ?? -1)))
  const [said, printed] = await Promise.all([text(child.stderr), text(child.stdout)])
  return { said, printed, status: await ended }
}

// Streams through every library that has them, a restart and links that are cut within the first rounds.
const seed = '409'

const servers = await availableServers()

describe('a short soak', () => {
  for (const { flavour, version } of servers) {
    it(`all stacks at once live through random faults on ${flavour} ${version}`, {
      timeout: 120_000,
    }, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'comeback-soak-'))
      try {
        const report = join(folder, 'soak.html')
        const args = ['--minutes', '0.15', '--seed', seed, '--server', flavour, '--report', report, '--json']
        const { said, printed, status } = await soak(args)
        expect(status, said).toBe(0)
        const summary = JSON.parse(printed) as Summary
        expect(summary).toMatchObject({ seed, violations: 0, tasks: { hung: 0 } })
        expect(summary.tasks.acknowledged).toBeGreaterThan(50)
        expect(summary.troubles).toBeGreaterThan(0)
        expect(summary.looks).toBeGreaterThan(0)
        expect(await readFile(report, 'utf8')).toContain('No violation.')
      } finally {
        await rm(folder, { recursive: true })
      }
    })
  }

  it('a wrong option is refused by name', async () => {
    const { said, status } = await soak(['--server', 'oracle'])
    expect(said).toBe("--server: there is no 'oracle'; choices: mariadb, mysql\n")
    expect(status).toBe(1)
  })
})
