import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { childEnvironment } from './environment.mjs'
import { root } from './paths.mjs'

const environment = childEnvironment()
if (!process.stdout.isTTY && environment.FORCE_COLOR === undefined) environment.NO_COLOR ??= '1'

/**
 * Runs a command in the checkout.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {boolean} [options.show] its output goes to the terminal instead of being collected
 * @param {string} [options.cwd]
 * @param {Record<string, string>} [options.env] added to the environment
 * @param {(line: string) => void} [options.onLine] told each line of collected output
 * @returns {Promise<{ status: number, output: string }>} never rejects; 127 if the command is not there
 */
export function run(command, args, { show = false, cwd = root, env = {}, onLine } = {}) {
  return new Promise(resolve => {
    const output = []
    const child = spawn(command, args, {
      cwd,
      env: { ...environment, ...env },
      stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    })
    const release = passSignalsTo(child)
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', text => {
        output.push(text)
        const line = text
          .trimEnd()
          .split(/[\r\n]/)
          .at(-1)
        if (line) onLine?.(line)
      })
    }
    const finish = status => {
      release()
      resolve({ status, output: output.join('') })
    }
    child.once('error', error => {
      output.push(`${command}: ${error.message}\n`)
      finish(127)
    })
    child.once('close', (code, signal) => finish(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}

/** A child ends in its own way (it may have a server to stop), and we wait for it. */
function passSignalsTo(child) {
  // The terminal sends SIGINT to the whole group; only our own death must be held back.
  const hold = () => {}
  const pass = signal => child.kill(signal)
  process.on('SIGINT', hold)
  process.on('SIGTERM', pass)
  process.on('SIGHUP', pass)
  return () => {
    process.off('SIGINT', hold)
    process.off('SIGTERM', pass)
    process.off('SIGHUP', pass)
  }
}
