import { LostConnectionError, OutcomeUnknownError } from '@comeback/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ContractClient, Stack } from '../contract/stack.js'
import { mysql2Stack, stockMysql2Stack } from '../contract/stacks/mysql2.js'
import { startServer } from '../database/index.js'
import { AdminLink } from './admin-link.js'
import { Audit } from './audit.js'
import { Noise } from './noise.js'
import { parsePoint } from './points.js'
import { type Ground, runPoint } from './run-point.js'
import { createTables } from './tables.js'
import { type ViolationKind, violationsOf } from './verdict.js'

/** Of Comeback's pool, one thing that it does wrong on purpose. */
interface Defect {
  readonly does: string
  readonly is: ViolationKind
  readonly workload: string
  readonly slots?: number
  spoil?(client: ContractClient): Partial<ContractClient>
  /** Takes away what was planted. */
  mend?(): void
}

const loss = { cause: new Error('lost'), verb: 'INSERT', attempts: 1, elapsedMs: 1 } as const
const never = new Promise<never>(() => undefined)
const listener = (): void => undefined
const timers: NodeJS.Timeout[] = []

const defects: readonly Defect[] = [
  {
    does: 'acknowledges a write that it has not made',
    is: 'lost',
    workload: 'insert',
    spoil: () => ({ write: async () => undefined }),
  },
  {
    does: 'writes twice',
    is: 'duplicated',
    workload: 'insert',
    spoil: ({ write }) => ({ write: async value => [await write(value), await write(value)] }),
  },
  {
    does: 'leaves a part of a transaction',
    is: 'torn',
    workload: 'transfer',
    spoil: ({ raw }) => ({
      transaction: work => {
        let statements = 0
        const once = async (sql: string): Promise<unknown> => (statements++ === 0 ? raw(sql) : undefined)
        return work({ raw: once, write: once, read: async () => [] })
      },
    }),
  },
  {
    does: 'says of a write that it made that it was not executed',
    is: 'falseNo',
    workload: 'insert',
    spoil: ({ write }) => ({
      write: async value => {
        await write(value)
        throw new LostConnectionError({ ...loss, evidence: 'refused', executed: 'no' })
      },
    }),
  },
  {
    does: 'never settles',
    is: 'hung',
    workload: 'insert',
    spoil: () => ({ write: () => never }),
  },
  {
    does: 'cannot be closed',
    is: 'hung',
    workload: 'insert',
    spoil: () => ({ close: () => never }),
  },
  {
    does: 'rejects with an error that has no type',
    is: 'untyped',
    workload: 'insert',
    spoil: () => ({ write: () => Promise.reject(new Error('something')) }),
  },
  {
    does: 'calls the outcome unknown though the answer has come',
    is: 'falseUnknown',
    workload: 'insert',
    spoil: ({ write }) => ({
      write: async value => {
        await write(value)
        throw new OutcomeUnknownError({ ...loss, evidence: 'no-answer' })
      },
    }),
  },
  {
    does: 'gives rows that are wrong',
    is: 'wrongAnswer',
    workload: 'stream',
    spoil: ({ raw }) => ({
      stream: async function* (sql) {
        yield* ((await raw(sql)) as unknown[]).slice(1)
      },
    }),
  },
  {
    does: 'hides the error of the application',
    is: 'masked',
    workload: 'own-error',
    spoil: ({ transaction }) => ({
      transaction: work =>
        transaction(work).catch(() => {
          throw new LostConnectionError({ ...loss, evidence: 'refused', executed: 'no' })
        }),
    }),
  },
  { does: 'opens more links than it may', is: 'weakPool', workload: 'insert', slots: 2 },
  { does: 'has lost slots', is: 'weakPool', workload: 'pool-8', slots: 7 },
  {
    does: 'prints',
    is: 'noise',
    workload: 'insert',
    spoil: ({ write }) => ({
      write: value => {
        process.stderr.write('a line\n')
        return write(value)
      },
    }),
  },
  {
    does: 'leaves timers',
    is: 'leak',
    workload: 'insert',
    spoil: () => {
      // More than the test runner may have had for itself, just before.
      for (let timer = 0; timer < 5; timer++) timers.push(setInterval(() => undefined, 60_000))
      return {}
    },
    mend: () => {
      for (const timer of timers) clearInterval(timer)
    },
  },
  {
    does: 'leaves a listener on the process',
    is: 'leak',
    workload: 'insert',
    spoil: () => {
      process.on('SIGUSR2', listener)
      return {}
    },
    mend: () => void process.off('SIGUSR2', listener),
  },
]

const broken = ({ slots, spoil }: Defect): Stack => ({
  ...mysql2Stack,
  open: async options => {
    const client = await mysql2Stack.open({ ...options, slots: slots ?? options.slots })
    return { ...client, ...spoil?.(client) }
  },
})

let ground: Omit<Ground, 'noise'>

beforeAll(async () => {
  const server = await startServer({ flags: ['--transaction-isolation=READ-COMMITTED'] })
  const admin = new AdminLink(server)
  await createTables(admin)
  ground = { server, admin }
})

afterAll(async () => {
  ground.admin.drop()
  await ground.server.stop()
})

async function kindsAt(stack: Stack, place: string): Promise<ViolationKind[]> {
  const noise = new Noise()
  try {
    const point = parsePoint(`comeback-mysql2/${place}`)
    const seen = await runPoint(point, { ...ground, noise, load: async () => stack })
    return [...new Set(violationsOf(seen).map(({ kind }) => kind))]
  } finally {
    noise.stop()
  }
}

/** A place to which no run comes. */
const nowhere = 'c9.up9/fin'

it('nothing is found where nothing is wrong', async () => {
  expect(await kindsAt(mysql2Stack, `pool-8/${nowhere}`)).toEqual([])
})

it.for(defects)('a stack that $does is found out ($is)', async defect => {
  try {
    expect(await kindsAt(broken(defect), `${defect.workload}/${nowhere}`)).toContain(defect.is)
  } finally {
    defect.mend?.()
  }
})

it('a client that is kept in memory after it was closed is found out', async () => {
  const kept: ContractClient[] = []
  const hoarding = broken({
    does: 'keeps its clients',
    is: 'leak',
    workload: 'insert',
    spoil: client => {
      kept.push(client)
      return {}
    },
  })
  await kindsAt(mysql2Stack, `insert/${nowhere}`)
  const audit = new Audit()
  audit.begin()
  await kindsAt(mysql2Stack, `insert/${nowhere}`)
  expect(await audit.after(1)).toEqual([])
  await kindsAt(hoarding, `insert/${nowhere}`)
  expect(await audit.after(1)).toEqual([expect.stringMatching(/more event emitters alive/)])
  expect(kept).toHaveLength(1)
})

it('a raw error of the driver is untyped', async () => {
  expect(await kindsAt(stockMysql2Stack, 'insert/c1.command1/cut-before')).toContain('untyped')
})
