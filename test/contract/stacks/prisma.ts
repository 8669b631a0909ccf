import { AsyncLocalStorage } from 'node:async_hooks'
import {
  ComebackError,
  comeback,
  comebackExtension,
  DatabaseUnavailableError,
  PrismaComeback,
} from '@comeback/prisma'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { type Prisma, PrismaClient } from '../../prisma/generated/client.js'
import type { ContractClient, ContractTransaction, OpenOptions, Stack } from '../stack.js'

type Statements = Pick<ContractTransaction, 'write' | 'read' | 'raw'>

interface AdapterError {
  readonly driverError?: unknown
  readonly cause?: { readonly originalCode?: string }
}

/**
 * Prisma has codes of its own; the contract asks for the server's and the driver's, which the error underneath has. Whether what
 * reaches an application is an error of Comeback is not told by that: those are taken as they come.
 */
function plain(error: unknown): unknown {
  if (error instanceof ComebackError && !(error instanceof DatabaseUnavailableError)) return error
  const { meta } = error as { meta?: { driverAdapterError?: AdapterError } }
  const { driverError, cause } = meta?.driverAdapterError ?? {}
  if (driverError !== undefined) return driverError
  // Prisma's own adapter keeps the number only.
  return cause === undefined
    ? error
    : Object.assign(new Error('Prisma'), { errno: Number(cause.originalCode) })
}

/** The value that a statement is about, for its comment: one that is prepared does not have it in its text. */
const about = new AsyncLocalStorage<string>()

/** Prisma promises are lazy; this one starts where it is called, as a program that awaits it does. */
function now<T>(value: string, promise: PromiseLike<T>): Promise<T> {
  return about.run(value, async () => {
    try {
      return await promise
    } catch (error) {
      throw plain(error)
    }
  })
}

type Client = Pick<Prisma.TransactionClient, 'fact' | '$queryRawUnsafe' | '$executeRawUnsafe'>

const statements = (on: Client): Statements => ({
  // A single row through `create` is a transaction of Prisma's own; several go in one statement.
  write: value => now(value, on.fact.createMany({ data: [{ value }] })),
  read: value => now(value, on.fact.findMany({ where: { value } })),
  raw: sql => now('', /^(?:select|with)\b/i.test(sql) ? on.$queryRawUnsafe(sql) : on.$executeRawUnsafe(sql)),
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

const commentsFor = (useTextProtocol: boolean) =>
  useTextProtocol ? {} : { comments: [() => ({ about: about.getStore() })] }

/** Prisma over Comeback, its statements sent as text or prepared. */
const overComeback = (useTextProtocol: boolean): Stack => ({
  name: useTextProtocol ? 'prisma' : 'prisma, prepared',
  prepares: false,
  streams: false,
  tellsFlowsApart: false,
  reopens: true,
  async open({ config, slots, policy }: OpenOptions): Promise<ContractClient> {
    const adapter = new PrismaComeback({ ...config, connectionLimit: slots }, { useTextProtocol })
    const comments = commentsFor(useTextProtocol)
    const prisma = new PrismaClient({ ...comeback({ adapter }, policy), transactionOptions, ...comments })
    const extended = prisma.$extends(comebackExtension())
    return client(prisma, value =>
      now(value, extended.fact.createMany({ data: [{ value }], comeback: { idempotent: true } })),
    )
  },
})

/** Prisma over Comeback. */
export const prismaStack: Stack = overComeback(true)

/** The same, with statements that are prepared, which is the default. */
export const preparingPrismaStack: Stack = overComeback(false)

type ConnectorOptions = Exclude<ConstructorParameters<typeof PrismaMariaDb>[0], string>

/** Prisma's own adapter. */
function ownAdapter(
  { config, slots }: OpenOptions,
  more: ConnectorOptions = {},
  useTextProtocol = true,
): PrismaMariaDb {
  // Its pool opens connections by itself.
  const options = {
    ...config,
    connectionLimit: slots,
    minimumIdle: 1,
    allowPublicKeyRetrieval: true,
    ...more,
  }
  return new PrismaMariaDb(options, { useTextProtocol })
}

/** The connector's own names for what the policy says to connections of Comeback's. */
function bounds({ policy }: OpenOptions): ConnectorOptions {
  return {
    // Nothing is left to be said after the login, whose failure the connector catches nowhere.
    collation: 'UTF8MB4_UNICODE_CI',
    acquireTimeout: policy?.outage?.maxWaitMs ?? 10_000,
    connectTimeout: policy?.outage?.connectTimeoutMs ?? 1_000,
    minDelayValidation: 10,
    socketTimeout: 800,
  }
}

const wrapped = (
  name: string,
  moreOf: (options: OpenOptions) => ConnectorOptions,
  useTextProtocol = true,
): Stack => ({
  name,
  prepares: false,
  streams: false,
  tellsFlowsApart: false,
  reopens: true,
  async open(options: OpenOptions): Promise<ContractClient> {
    const adapter = ownAdapter(options, moreOf(options), useTextProtocol)
    const { watchdog: _, ...rest } = options.policy ?? {}
    const comments = commentsFor(useTextProtocol)
    const prisma = new PrismaClient({ ...comeback({ adapter }, rest), transactionOptions, ...comments })
    const extended = prisma.$extends(comebackExtension())
    return client(prisma, value =>
      now(value, extended.fact.createMany({ data: [{ value }], comeback: { idempotent: true } })),
    )
  },
})

/** Prisma's own adapter under Comeback, which can not do all that sessions of its own can. */
export const wrappedPrismaStack: Stack = wrapped('prisma, wrapped', () => ({}))

/** The same, its connector told to wait no longer than the policy says. */
export const boundedPrismaStack: Stack = wrapped('prisma, wrapped and bounded', bounds)

/** The same with statements that are prepared, which is that adapter's default: PREPARE and EXECUTE leave together. */
export const pipeliningPrismaStack: Stack = wrapped('prisma, wrapped, bounded and prepared', bounds, false)

/** Prisma as it comes. */
export const stockPrismaStack: Stack = {
  name: 'stock prisma',
  prepares: false,
  streams: false,
  tellsFlowsApart: false,
  reopens: true,
  async open(options: OpenOptions): Promise<ContractClient> {
    const adapter = ownAdapter(options)
    const prisma = new PrismaClient({ adapter, transactionOptions })
    return client(prisma, statements(prisma).write)
  },
}
