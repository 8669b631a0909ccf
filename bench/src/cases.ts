import type { Client } from './stack.js'

/** One thing that an application does. */
export interface Case {
  readonly name: string
  /** Runs until V8 has compiled what it will; with fewer, most is told too slow what has most code to compile. */
  readonly warmUpRuns: number
  /** Whether the library has it; each has if nothing is said. */
  readonly isPossible?: (client: Client) => boolean
  run(client: Client): Promise<unknown>
}

export const cases: readonly Case[] = [
  { name: 'select', warmUpRuns: 20_000, run: client => client.select() },
  { name: 'insert', warmUpRuns: 20_000, run: client => client.insert() },
  { name: 'transaction', warmUpRuns: 4_000, run: client => client.transaction() },
  {
    name: 'parallel50',
    warmUpRuns: 400,
    run: client => Promise.all(Array.from({ length: 50 }, () => client.select())),
  },
  {
    name: 'stream10000',
    warmUpRuns: 200,
    isPossible: ({ stream }) => stream !== undefined,
    run: async client => client.stream?.(),
  },
]
