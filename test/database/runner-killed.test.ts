import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Child, runFixture } from './fixtures/child.js'
import { processesWith } from './fixtures/processes.js'

// A temp folder of its own: whatever is in it, or runs with its name, belongs to the runners below.
let temp = ''
const children: Child[] = []

beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), 'killed-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) await child.kill()
  await vi.waitFor(() => expect(processesWith(temp)).toEqual([]), patiently)
  rmSync(temp, { recursive: true })
})

const patiently = { timeout: 10_000, interval: 20 }

function run(name: string): Child {
  const child = runFixture(name, { env: { TMPDIR: temp } })
  children.push(child)
  return child
}

function serverFolders(): string[] {
  return readdirSync(temp).filter(name => name.startsWith('comeback-db-'))
}

async function startedServers(runner: Child): Promise<{ pids: number[]; folders: string[] }> {
  const servers = JSON.parse(await runner.line()) as { pid: number; socketPath: string }[]
  return {
    pids: servers.map(server => server.pid),
    folders: servers.map(server => dirname(server.socketPath)),
  }
}

it('a runner killed with SIGKILL leaves neither a server, frozen or not, nor a folder, nor its guard', async () => {
  const runner = run('runner.ts')
  const { pids } = await startedServers(runner)
  expect(pids).toHaveLength(2)
  expect(serverFolders()).toHaveLength(2)
  // The two servers and the guard.
  expect(processesWith(temp)).toHaveLength(3)

  await runner.kill()
  await vi.waitFor(() => {
    expect(processesWith(temp)).toEqual([])
    expect(serverFolders()).toEqual([])
  }, patiently)
})

it('a runner killed while it is starting servers leaves nothing', async () => {
  for (const delayMs of [1, 12, 25, 40]) {
    const runner = run('impatient-runner.ts')
    await runner.line()
    await runner.line()
    await sleep(delayMs)
    await runner.kill()
    await vi.waitFor(() => {
      expect(processesWith(temp)).toEqual([])
      expect(serverFolders()).toEqual([])
    }, patiently)
  }
})

it('what is left when the guard is killed as well is removed by the next run', async () => {
  const first = run('runner.ts')
  const { pids, folders } = await startedServers(first)
  const [guard = 0, ...others] = processesWith(temp).filter(pid => !pids.includes(pid))
  expect(others).toEqual([])
  process.kill(guard, 'SIGKILL')
  await first.kill()
  expect(folders.every(existsSync)).toBe(true)
  expect(folders.flatMap(processesWith).sort()).toEqual(pids.sort())

  const second = await startedServers(run('runner.ts'))
  expect(folders.filter(folder => !second.folders.includes(folder) && existsSync(folder))).toEqual([])
  expect(pids.filter(pid => processesWith(temp).includes(pid))).toEqual([])
})
