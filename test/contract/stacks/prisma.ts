import { annotate, ComebackError, comeback, DatabaseUnavailableError, PrismaComeback } from '@comeback/prisma'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { type Prisma, PrismaClient } from '../../prisma/generated/client.js'
import type { ContractClient, ContractTransaction, OpenOptions, Stack } from '../stack.js'

type Statements = Pick<ContractTransaction, 'write' | 'read' | 'raw'>

/**
 * Prisma has codes of its own; the contract asks for the server's and the driver's, which the error underneath has. Whether what
 * reaches an application is an error of Comeback is not told by that: those are taken as they come.
 */
function plain(error: unknown): unknown {
  if (error instanceof ComebackError && !(error instanceof DatabaseUnavailableError)) return error
  const { meta } = error as { meta?: { driverAdapterError?: { driverError?: unknown } } }
  return meta?.driverAdapterError?.driverError ?? error
}

/** Prisma promises are lazy; this one starts where it is called, as a program that awaits it does. */
async function now<T>(promise: PromiseLike<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    throw plain(error)
  }
}

type Client = Pick<Prisma.TransactionClient, 'fact' | '$queryRawUnsafe' | '$executeRawUnsafe'>

const statements = (on: Client): Statements => ({
  // A single row through `create` is a transaction of Prisma's own; several go in one statement.
  write: value => now(on.fact.createMany({ data: [{ value }] })),
  read: value => now(on.fact.findMany({ where: { value } })),
  raw: sql => now(/^(?:select|with)\b/i.test(sql) ? on.$queryRawUnsafe(sql) : on.$executeRawUnsafe(sql)),
})

const ROLLBACK = new Error('rolled back by the test')

/** Prisma's transactions are functions; this one waits inside its function for what the test decides. */
async function begin(prisma: PrismaClient): Promise<ContractTransaction> {
  let end: (error?: Error) => void = () => undefined
  const ended = new Promise<void>((resolve, reject) => {
    end = error => (error === undefined ? resolve() : reject(error))
  })
  let done: Promise<unknown> = Promise.resolve()
  const inner = await new Promise<Statements>((resolve, reject) => {
    done = prisma.$transaction(async tx => {
      resolve(statements(tx))
      await ended
    })
    done.catch(reject)
  })
  return {
    ...inner,
    commit: async () => {
      end()
      await done
    },
    rollback: async () => {
      end(ROLLBACK)
      await done.catch(error => {
        if (error !== ROLLBACK) throw error
      })
    },
  }
}

function client(prisma: PrismaClient, idempotentWrite: ContractClient['idempotentWrite']): ContractClient {
  return {
    ...statements(prisma),
    transaction: work => prisma.$transaction(tx => work(statements(tx))),
    begin: () => begin(prisma),
    idempotentWrite,
    close: () => prisma.$disconnect(),
  }
}

/** Longer than any recovery of the contract takes; Prisma's own are 2 s to begin and 5 s to end. */
const transactionOptions = { maxWait: 10_000, timeout: 20_000 }

/** Prisma over Comeback. */
export const prismaStack: Stack = {
  name: 'prisma',
  prepares: false,
  streams: false,
  tellsFlowsApart: false,
  reopens: true,
  async open({ config, slots, policy }: OpenOptions): Promise<ContractClient> {
    const adapter = new PrismaComeback({ ...config, connectionLimit: slots }, { useTextProtocol: true })
    const prisma = new PrismaClient({ ...comeback({ adapter }, policy), transactionOptions })
    const { write } = statements(prisma)
    return client(prisma, value => annotate({ idempotent: true }, () => write(value)))
  },
}

/** Prisma as it comes. */
export const stockPrismaStack: Stack = {
  name: 'stock prisma',
  prepares: false,
  streams: false,
  tellsFlowsApart: false,
  reopens: true,
  async open({ config, slots }: OpenOptions): Promise<ContractClient> {
    const adapter = new PrismaMariaDb({ ...config, connectionLimit: slots }, { useTextProtocol: true })
    const prisma = new PrismaClient({ adapter, transactionOptions })
    return client(prisma, statements(prisma).write)
  },
}
