import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { threadStates } from './owner.js'
import { runFlags } from './server-flags.js'
import type { ServerBinary } from './types.js'

export interface ProcessOptions {
  readonly binary: ServerBinary
  readonly folder: string
  readonly port: number
  readonly flags: readonly string[]
  readonly startTimeoutMs: number
  /** Resolves once the server answers a query, rejects when it does not yet. */
  readonly probe: () => Promise<void>
}

/** The port was taken between the look and the bind. */
export class PortTakenError extends Error {}

/** SIGTERM is given this long; MySQL takes more than three seconds while clients are connected. */
const gracefulMs = 15_000

/** One server process on one data folder; it may be started again after it ended. */
export class ServerProcess {
  readonly socketPath: string
  readonly #options: ProcessOptions
  #child: ChildProcess | undefined
  #frozen = false
  #starting = false

  constructor(options: ProcessOptions) {
    this.#options = options
    this.socketPath = join(options.folder, 's.sock')
  }

  get pid(): number | undefined {
    return this.running ? this.#child?.pid : undefined
  }

  get running(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child)
  }

  get frozen(): boolean {
    return this.#frozen
  }

  /** Starts the process and resolves when it answers. */
  async start(): Promise<void> {
    if (this.running || this.#starting) throw new Error('the server is running already')
    this.#starting = true
    try {
      await this.#startAndWait()
    } finally {
      this.#starting = false
    }
  }

  async #startAndWait(): Promise<void> {
    const { binary, startTimeoutMs, probe } = this.#options
    const logged = (await this.log()).length
    const child = await this.#spawn()
    const deadline = performance.now() + startTimeoutMs
    for (;;) {
      if (hasEnded(child)) throw await this.#startError(logged, `ended while starting (${exitOf(child)})`)
      if (existsSync(this.socketPath)) {
        try {
          await probe()
          return
        } catch {
          // Not yet.
        }
      }
      if (performance.now() > deadline) {
        await this.kill()
        throw await this.#startError(logged, `gave no answer within ${startTimeoutMs} ms`)
      }
      await sleep(binary.flavour === 'mariadb' ? 5 : 15)
    }
  }

  async #spawn(): Promise<ChildProcess> {
    const { binary, folder, port, flags } = this.#options
    // A killed server leaves its socket file, to which nobody listens.
    await rm(this.socketPath, { force: true })
    const log = openSync(join(folder, 'server.log'), 'a')
    const args = [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--tmpdir=${join(folder, 'tmp')}`,
      `--socket=${this.socketPath}`,
      `--pid-file=${join(folder, 'server.pid')}`,
      `--port=${port}`,
      ...runFlags(binary.flavour),
      ...flags,
    ]
    try {
      // Detached: Ctrl-C in the terminal is for the runner, whose guard then ends the servers.
      const child = spawn(binary.path, args, { cwd: folder, detached: true, stdio: ['ignore', log, log] })
      await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
      child.unref()
      this.#child = child
      this.#frozen = false
      return child
    } finally {
      closeSync(log)
    }
  }

  async #startError(logged: number, what: string): Promise<Error> {
    const { binary, port } = this.#options
    const log = (await this.log()).slice(logged)
    const message = `${binary.path} on 127.0.0.1:${port} ${what}; its log says:\n${log.slice(-3000)}`
    const taken = /address already in use|bind on (?:tcp\/ip|unix) .*: ?(?:98|48)\b/i.test(log)
    return taken ? new PortTakenError(message) : new Error(message)
  }

  /** SIGKILL, which also ends a frozen process. */
  async kill(): Promise<void> {
    await this.#signal('SIGKILL')
  }

  /** SIGTERM, and SIGKILL when that takes too long. */
  async terminate(): Promise<void> {
    if (this.#frozen) await this.thaw()
    const impatience = setTimeout(() => this.#child?.kill('SIGKILL'), gracefulMs)
    await this.#signal('SIGTERM').finally(() => clearTimeout(impatience))
  }

  async #signal(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (child === undefined || hasEnded(child)) return
    child.ref()
    await new Promise<void>(resolve => {
      child.once('exit', () => resolve())
      child.kill(signal)
    })
    this.#frozen = false
  }

  /** Resolves when the process really stands still. */
  async freeze(): Promise<void> {
    this.#alive().kill('SIGSTOP')
    this.#frozen = true
    await this.#until(states => states.every(state => state === 'T'))
  }

  async thaw(): Promise<void> {
    this.#alive().kill('SIGCONT')
    this.#frozen = false
    await this.#until(states => !states.includes('T'))
  }

  #alive(): ChildProcess {
    if (this.#child === undefined || hasEnded(this.#child)) throw new Error('the server is not running')
    return this.#child
  }

  async #until(reached: (states: string[]) => boolean): Promise<void> {
    const deadline = performance.now() + 5_000
    while (performance.now() < deadline) {
      // Without /proc the list is empty, and the signal has to be believed.
      const states = threadStates(this.pid ?? 0)
      if (states.length === 0 || reached(states)) return
      await sleep(1)
    }
    throw new Error('the server process did not take the signal')
  }

  async log(): Promise<string> {
    try {
      return await readFile(join(this.#options.folder, 'server.log'), 'utf8')
    } catch {
      return ''
    }
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function exitOf(child: ChildProcess): string {
  return child.signalCode ?? `exit ${child.exitCode}`
}
