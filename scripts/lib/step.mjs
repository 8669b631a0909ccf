import { performance } from 'node:perf_hooks'
import { run } from './process.mjs'

const heartbeatMs = 10_000

/** A failure whose message is all that the reader needs: no stack is printed. */
export class StepFailure extends Error {}

/** Prints to stderr, so that a task's own output (`--json`) stays clean on stdout. */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/**
 * Does one named step and prints one line with its time; a long one says that it is alive.
 *
 * @template T
 * @param {string} name
 * @param {(note: (text: string) => void) => Promise<T> | T} work may leave a note for the next sign of life
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const startedAt = performance.now()
  let latest = ''
  const heartbeat = setInterval(() => {
    say(`  … ${name}, ${seconds(startedAt)}${latest && `: ${latest}`}`)
  }, heartbeatMs)
  try {
    const result = await work(text => {
      latest = text
    })
    say(`  ✓ ${name}  ${seconds(startedAt)}`)
    return result
  } catch (error) {
    say(`  ✗ ${name}  ${seconds(startedAt)}`)
    throw error
  } finally {
    clearInterval(heartbeat)
  }
}

/** A step that is one command: silent when it succeeds, its whole output when it fails. */
export function commandStep(name, command, args, options = {}) {
  return step(name, async note => {
    const { status, output } = await run(command, args, { ...options, onLine: note })
    if (status !== 0) throw new StepFailure(`${output.trimEnd()}\n${name}: failed with status ${status}`)
    return output
  })
}

/** Runs the whole of a script and turns a failure into a message and a status. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0
  } catch (error) {
    say(error instanceof StepFailure ? error.message : (error?.stack ?? String(error)))
    process.exitCode = 1
  }
}

/** The time since then, for people. */
export function seconds(startedAt) {
  return `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`
}
