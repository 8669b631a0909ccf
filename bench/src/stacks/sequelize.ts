import { DataTypes, type Options, Sequelize } from 'sequelize'
import { someId } from '../furnish.js'
import { CHANGED, ONE_MORE, type Open, SLOTS } from '../stack.js'

/** What is commonly recommended. */
const retry = {
  match: [
    /ETIMEDOUT/,
    /ECONNRESET/,
    /ECONNREFUSED/,
    /PROTOCOL_CONNECTION_LOST/,
    /SequelizeConnectionError/,
    /SequelizeConnectionRefusedError/,
    /SequelizeHostNotFoundError/,
    /SequelizeHostNotReachableError/,
    /SequelizeInvalidConnectionError/,
    /SequelizeConnectionTimedOutError/,
  ],
  max: 3,
}

/** Sequelize, which has no streams. */
export const open: Open = async (variant, { user, ...rest }) => {
  const options: Options = {
    // For MariaDB as well: Sequelize's dialect of that name needs another driver.
    dialect: 'mysql',
    ...rest,
    username: user,
    pool: { min: 0, max: SLOTS },
    define: { timestamps: false, freezeTableName: true },
    logging: false,
    ...(variant === 'sequelize-retry' && { retry }),
  }
  const sequelize = new Sequelize(
    variant === 'comeback' ? (await import('@comeback/sequelize')).comeback(options) : options,
  )
  const columns = {
    id: { type: DataTypes.INTEGER.UNSIGNED, primaryKey: true, autoIncrement: true },
    value: DataTypes.STRING(60),
  }
  const points = sequelize.define('points', columns)
  const written = sequelize.define('written', columns)
  return {
    select: () => points.findByPk(someId()),
    insert: () => written.create(ONE_MORE),
    transaction: () =>
      sequelize.transaction(async transaction => {
        await points.findByPk(someId(), { transaction })
        await written.create(ONE_MORE, { transaction })
        await points.update(CHANGED, { where: { id: someId() }, transaction })
      }),
    close: () => sequelize.close(),
  }
}
