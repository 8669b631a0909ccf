import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ConnectionConfig } from '@comeback/test/database'
import type { Variant } from './stack.js'
import type { StackName } from './stacks.js'

/** What a contestant is asked. */
export type Order =
  | {
      readonly kind: 'open'
      readonly stack: StackName
      readonly variant: Variant
      readonly config: ConnectionConfig
    }
  | { readonly kind: 'run'; readonly case: string; readonly leadInMs: number; readonly ms: number }
  | { readonly kind: 'close' }

/** What it answers. */
export type Report =
  | { readonly kind: 'opened'; readonly cases: readonly string[] }
  | { readonly kind: 'took'; readonly us: number }

const program = fileURLToPath(new URL('./contestant-process.ts', import.meta.url))

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
  readonly variant: Variant
  readonly #child: ChildProcess
  readonly #cases: readonly string[]

  private constructor(variant: Variant, child: ChildProcess, cases: readonly string[]) {
    this.variant = variant
    this.#child = child
    this.#cases = cases
  }

  /** Starts the process and opens the library in it. */
  static async start(stack: StackName, variant: Variant, config: ConnectionConfig): Promise<Contestant> {
    const child = fork(program)
    const { cases } = await ask(child, { kind: 'open', stack, variant, config }, 'opened')
    return new Contestant(variant, child, cases)
  }

  can(name: string): boolean {
    return this.#cases.includes(name)
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
