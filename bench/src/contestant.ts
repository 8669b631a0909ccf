import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ConnectionConfig } from '@comeback/test/database'
import { build } from 'esbuild'
import type { Variant } from './stack.js'
import type { StackName } from './stacks.js'

/** Who takes part. */
export interface Entrant {
  readonly stack: StackName
  readonly variant: Variant
  /** Whether the process has an AsyncLocalStorage in use. */
  readonly inContexts: boolean
  readonly config: ConnectionConfig
}

/** What a contestant is asked. */
export type Order =
  | { readonly kind: 'open'; readonly entrant: Entrant }
  | { readonly kind: 'warm up'; readonly case: string }
  | { readonly kind: 'run'; readonly case: string; readonly leadInMs: number; readonly ms: number }
  | { readonly kind: 'close' }

/** What it answers. */
export type Report =
  | { readonly kind: 'opened'; readonly cases: readonly string[] }
  | { readonly kind: 'warm' }
  | { readonly kind: 'took'; readonly us: number }

const source = fileURLToPath(new URL('./contestant-process.ts', import.meta.url))
const folder = fileURLToPath(new URL('../dist/', import.meta.url))

/**
 * Makes JavaScript of the program, so that it runs in Node alone, as an application does: what compiles TypeScript on the fly sits
 * in every `require`, and mysql2 has some in its methods.
 */
async function compile(): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await build({
    entryPoints: [source],
    outdir: folder,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  })
}

let compiled: Promise<void> | undefined

async function ask<K extends Report['kind']>(
  child: ChildProcess,
  order: Order,
  kind: K,
): Promise<Extract<Report, { kind: K }>> {
  child.send(order)
  const gone = new AbortController()
  const report = await Promise.race([
    once(child, 'message', gone).then(([message]) => message as Report),
    once(child, 'exit', gone).then(() => undefined),
  ]).finally(() => gone.abort())
  if (report?.kind !== kind) throw new Error(`A process of the benchmark has ended at "${order.kind}"`)
  return report as Extract<Report, { kind: K }>
}

/** One use of a library, in a process of its own. */
export class Contestant {
  readonly #child: ChildProcess
  readonly #cases: readonly string[]

  private constructor(child: ChildProcess, cases: readonly string[]) {
    this.#child = child
    this.#cases = cases
  }

  /** Starts the process and opens the library in it. */
  static async start(entrant: Entrant): Promise<Contestant> {
    compiled ??= compile()
    await compiled
    const child = fork(join(folder, 'contestant-process.js'), { execArgv: [] })
    const { cases } = await ask(child, { kind: 'open', entrant }, 'opened')
    return new Contestant(child, cases)
  }

  can(name: string): boolean {
    return this.#cases.includes(name)
  }

  /** Runs a case until the compiler has done its part. */
  async warmUp(name: string): Promise<void> {
    await ask(this.#child, { kind: 'warm up', case: name }, 'warm')
  }

  /** Microseconds that each run of a case takes, measured for so many milliseconds after others that are not. */
  async run(name: string, leadInMs: number, ms: number): Promise<number> {
    return (await ask(this.#child, { kind: 'run', case: name, leadInMs, ms }, 'took')).us
  }

  /** Closes the library and ends the process. */
  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.send({ kind: 'close' } satisfies Order)
    await ended
  }
}
