import { comeback } from '@comeback/typeorm'
import {
  DataSource,
  type DataSourceOptions,
  type EntityManager,
  EntitySchema,
  type QueryRunner,
} from 'typeorm'
import type { ContractClient, ContractTransaction, OpenOptions, Stack } from '../stack.js'

export interface Fact {
  readonly id: number
  readonly value: string
}

/** The table that the contract is about. */
export const Fact: EntitySchema<Fact> = new EntitySchema<Fact>({
  name: 'Fact',
  tableName: 'facts',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    value: { type: 'varchar', length: 64 },
  },
})

type Statements = Pick<ContractTransaction, 'write' | 'read' | 'raw'>

export const statements = (manager: EntityManager): Statements => ({
  write: value => manager.insert(Fact, { value }),
  read: value => manager.find(Fact, { where: { value } }),
  raw: sql => manager.query(sql),
})

/** TypeORM makes an error of its own for each statement; whether two are of one loss is told by what they wrap. */
async function unwrapped<T>(run: Promise<T>): Promise<T> {
  try {
    return await run
  } catch (error) {
    throw (error as { driverError?: Error }).driverError ?? error
  }
}

async function ended(runner: QueryRunner, end: Promise<void>): Promise<void> {
  try {
    await end
  } finally {
    await runner.release()
  }
}

async function begin(dataSource: DataSource): Promise<ContractTransaction> {
  const runner = dataSource.createQueryRunner()
  await runner.startTransaction()
  const { write, read, raw } = statements(runner.manager)
  return {
    write: value => unwrapped(write(value)),
    read: value => unwrapped(read(value)),
    raw,
    commit: () => ended(runner, runner.commitTransaction()),
    rollback: () => ended(runner, runner.rollbackTransaction()),
  }
}

/** The rows of a statement one by one. The query runner is the caller's, and goes back when the rows have ended. */
async function* rowsOf(dataSource: DataSource, sql: string): AsyncIterable<unknown> {
  const runner = dataSource.createQueryRunner()
  try {
    yield* await runner.stream(sql)
  } finally {
    await runner.release()
  }
}

const idempotentWrite = (manager: EntityManager, value: string): Promise<unknown> =>
  manager.createQueryBuilder().insert().into(Fact).values({ value }).comment('comeback:idempotent').execute()

type Close = (dataSource: DataSource) => Promise<void>
type Opened = () => Promise<DataSource>

/** TypeORM connects before it lets anybody ask; the contract asks first. */
export function openedWhenAsked(dataSource: DataSource): Opened {
  let opening: Promise<DataSource> | undefined
  return () => {
    opening ??= dataSource.initialize().catch(async error => {
      // An application that starts in an outage starts again. TypeORM keeps the pool of a start that failed.
      await dataSource.driver.disconnect().catch(() => undefined)
      opening = undefined
      throw error
    })
    return opening
  }
}

/** What the contract is told to, over any data source. */
export function client(
  dataSource: DataSource,
  close: Close,
  opened: Opened = openedWhenAsked(dataSource),
): ContractClient {
  const manager = async (): Promise<EntityManager> => (await opened()).manager
  return {
    write: async value => statements(await manager()).write(value),
    read: async value => statements(await manager()).read(value),
    raw: async sql => statements(await manager()).raw(sql),
    async *stream(sql) {
      yield* rowsOf(await opened(), sql)
    },
    transaction: async work => (await opened()).transaction(inner => work(statements(inner))),
    begin: async () => begin(await opened()),
    idempotentWrite: async value => idempotentWrite(await manager(), value),
    close: () => close(dataSource),
  }
}

/** It waits for what hangs, until somebody cuts its sockets. */
export async function closeStock(dataSource: DataSource): Promise<void> {
  void dataSource.destroy().catch(() => undefined)
}

/** What all stacks with TypeORM are made from. */
export const configuration = ({
  config,
  slots,
}: Pick<OpenOptions, 'config' | 'slots'>): DataSourceOptions => {
  const { user, ...rest } = config
  return {
    type: 'mysql',
    username: user,
    ...rest,
    poolSize: slots,
    entities: [Fact],
    logging: false,
  }
}

/** TypeORM over Comeback. */
export const typeormStack: Stack = {
  name: 'typeorm',
  prepares: false,
  tellsFlowsApart: false,
  open: async (options: OpenOptions): Promise<ContractClient> =>
    client(new DataSource(comeback(configuration(options), options.policy)), dataSource =>
      dataSource.destroy(),
    ),
}

/** TypeORM as it comes. */
export const stockTypeormStack: Stack = {
  name: 'stock typeorm',
  prepares: false,
  tellsFlowsApart: false,
  open: async (options: OpenOptions): Promise<ContractClient> =>
    client(new DataSource(configuration(options)), closeStock),
}
