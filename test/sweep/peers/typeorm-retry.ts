import { DataSource, type EntityManager } from 'typeorm'
import type { ContractClient, OpenOptions, Stack } from '../../contract/stack.js'
import {
  client,
  closeStock,
  configuration,
  Fact,
  openedWhenAsked,
  statements,
} from '../../contract/stacks/typeorm.js'

const attempts = 3
const firstPauseMs = 200

const lostCodes: readonly unknown[] = [
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
]

/** TypeORM copies the driver's fields to its own error. */
const isLost = (error: unknown): boolean => lostCodes.includes((error as { readonly code?: unknown }).code)

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** The loop that people write: three times, with a pause that doubles. */
async function withRetry<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (attempt === attempts || !isLost(error)) throw error
      await pause(firstPauseMs * 2 ** (attempt - 1))
    }
  }
}

function retryingClient(dataSource: DataSource): ContractClient {
  const opened = openedWhenAsked(dataSource)
  const retried = <T>(work: (manager: EntityManager) => Promise<T>): Promise<T> =>
    withRetry(async () => work((await opened()).manager))
  const save = (value: string): Promise<unknown> => {
    // One entity for all attempts: TypeORM notes its id on it.
    const fact = { value }
    return retried(manager => manager.save(Fact, fact))
  }
  return {
    ...client(dataSource, closeStock, opened),
    write: save,
    idempotentWrite: save,
    read: value => retried(manager => statements(manager).read(value)),
    raw: sql => retried(manager => statements(manager).raw(sql)),
    transaction: work => retried(manager => manager.transaction(inner => work(statements(inner)))),
  }
}

/** TypeORM as it comes, with a loop around `save`, queries and transactions. */
export const typeormRetryStack: Stack = {
  name: 'typeorm with a retry loop',
  prepares: false,
  tellsFlowsApart: false,
  async open(options: OpenOptions): Promise<ContractClient> {
    return retryingClient(new DataSource(configuration(options)))
  },
}
