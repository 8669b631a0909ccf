import type { Client } from './stack.js'

/** One thing that an application does, and how much of it makes a block long enough to be timed. */
export interface Case {
  readonly name: string
  readonly perBlock: number
  /** Whether the library has it; each has if nothing is said. */
  readonly isPossible?: (client: Client) => boolean
  run(client: Client): Promise<unknown>
}

export const cases: readonly Case[] = [
  { name: 'select', perBlock: 100, run: client => client.select() },
  { name: 'insert', perBlock: 100, run: client => client.insert() },
  { name: 'transaction', perBlock: 40, run: client => client.transaction() },
  {
    name: 'parallel50',
    perBlock: 4,
    run: client => Promise.all(Array.from({ length: 50 }, () => client.select())),
  },
  {
    name: 'stream10000',
    perBlock: 2,
    isPossible: ({ stream }) => stream !== undefined,
    run: async client => client.stream?.(),
  },
]
