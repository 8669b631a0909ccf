import type { Client } from './stack.js'

/** One thing that an application does. */
export interface Case {
  readonly name: string
  /** Whether the library has it; each has if nothing is said. */
  readonly isPossible?: (client: Client) => boolean
  run(client: Client): Promise<unknown>
}

export const cases: readonly Case[] = [
  { name: 'select', run: client => client.select() },
  { name: 'insert', run: client => client.insert() },
  { name: 'transaction', run: client => client.transaction() },
  {
    name: 'parallel50',
    run: client => Promise.all(Array.from({ length: 50 }, () => client.select())),
  },
  {
    name: 'stream10000',
    isPossible: ({ stream }) => stream !== undefined,
    run: async client => client.stream?.(),
  },
]
