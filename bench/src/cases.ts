import type { Client } from './stack.js'

/** One thing that an application does. */
export interface Case {
  readonly name: string
  /** How many statements it runs. */
  readonly statements: number
  /** Whether the library has it; each has if nothing is said. */
  readonly isPossible?: (client: Client) => boolean
  run(client: Client): Promise<unknown>
}

export const cases: readonly Case[] = [
  { name: 'select', statements: 1, run: client => client.select() },
  { name: 'insert', statements: 1, run: client => client.insert() },
  { name: 'transaction', statements: 5, run: client => client.transaction() },
  {
    name: 'parallel50',
    statements: 50,
    run: client => Promise.all(Array.from({ length: 50 }, () => client.select())),
  },
  {
    name: 'stream10000',
    statements: 1,
    isPossible: ({ stream }) => stream !== undefined,
    run: async client => client.stream?.(),
  },
]
