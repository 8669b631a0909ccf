import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { foreignUse, type ProcessStamp, processStamp } from './process-stamp.js'

test('what this process and thread has made is its own', () => {
  expect(foreignUse(processStamp())).toBeUndefined()
})

test('what another process has made is foreign', () => {
  const stamp = 'JSON.stringify({ pid: process.pid, threadId: require("node:worker_threads").threadId })'
  const child = spawnSync(process.execPath, ['-p', stamp], { encoding: 'utf8' })
  expect(foreignUse(JSON.parse(child.stdout) as ProcessStamp)).toBe('process')
})

test('what another thread has made is foreign', async () => {
  const worker = new Worker(
    'const { parentPort, threadId } = require("node:worker_threads"); parentPort.postMessage({ pid: process.pid, threadId })',
    { eval: true },
  )
  const [stamp] = (await once(worker, 'message')) as [ProcessStamp]
  expect(foreignUse(stamp)).toBe('thread')
  await worker.terminate()
})
