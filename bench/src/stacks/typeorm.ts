import { DataSource, type DataSourceOptions, EntitySchema } from 'typeorm'
import { someId } from '../furnish.js'
import { CHANGED, count, ONE_MORE, type Open, SLOTS } from '../stack.js'

interface Row {
  id: number
  value: string
}

const table = (tableName: string): EntitySchema<Row> =>
  new EntitySchema<Row>({
    name: tableName,
    tableName,
    columns: {
      id: { type: 'int', unsigned: true, primary: true, generated: 'increment' },
      value: { type: 'varchar', length: 60 },
    },
  })

const points = table('points')
const written = table('written')

const ATTEMPTS = 3
const FIRST_PAUSE_MS = 200
const LOST: readonly unknown[] = [
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
]

/** The loop that people write around their calls: three times, with a pause that doubles. */
async function inLoop<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      if (attempt === ATTEMPTS || !LOST.includes((error as { code?: unknown }).code)) throw error
      await new Promise(resolve => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** (attempt - 1)))
    }
  }
}

const once = <T>(call: () => Promise<T>): Promise<T> => call()

/** TypeORM. */
export const open: Open = async (variant, { user, ...rest }) => {
  const options: DataSourceOptions = {
    type: 'mariadb',
    ...rest,
    username: user,
    poolSize: SLOTS,
    entities: [points, written],
    logging: false,
  }
  const dataSource = new DataSource(
    variant === 'comeback' ? (await import('@comeback/typeorm')).comeback(options) : options,
  )
  const { manager } = await dataSource.initialize()
  const run = variant === 'typeorm-retry' ? inLoop : once
  return {
    select: () => run(() => manager.findOneBy(points, { id: someId() })),
    // TypeORM writes the key of the new row into what it was given.
    insert: () => run(() => manager.insert(written, { ...ONE_MORE })),
    transaction: () =>
      run(() =>
        dataSource.transaction(async within => {
          await within.findOneBy(points, { id: someId() })
          await within.insert(written, { ...ONE_MORE })
          await within.update(points, { id: someId() }, CHANGED)
        }),
      ),
    stream: async () => count(await manager.createQueryBuilder(points, 'points').stream()),
    close: () => dataSource.destroy(),
  }
}
