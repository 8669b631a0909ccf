import { comeback } from '@comeback/typeorm'
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
  const dataSource = new DataSource(variant === 'comeback' ? comeback(options) : options)
  const { manager } = await dataSource.initialize()
  return {
    select: () => manager.findOneBy(points, { id: someId() }),
    // TypeORM writes the key of the new row into what it was given.
    insert: () => manager.insert(written, { ...ONE_MORE }),
    transaction: () =>
      dataSource.transaction(async within => {
        await within.findOneBy(points, { id: someId() })
        await within.insert(written, { ...ONE_MORE })
        await within.update(points, { id: someId() }, CHANGED)
      }),
    stream: async () => count(await manager.createQueryBuilder(points, 'points').stream()),
    close: () => dataSource.destroy(),
  }
}
