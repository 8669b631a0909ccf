import { ComebackError, comeback } from '@comeback/sequelize'
import {
  DataTypes,
  type Model,
  type ModelStatic,
  type Options,
  QueryTypes,
  Sequelize,
  type Transaction,
} from 'sequelize'
import type { ContractClient, ContractTransaction, OpenOptions, Stack } from '../stack.js'

type Facts = ModelStatic<Model>

/** The contract asks for the server's numbers; Sequelize keeps the driver's error, which has them, as `parent`. */
function driversOwn(error: unknown): never {
  const { parent } = error as { readonly parent?: unknown }
  throw parent === undefined || error instanceof ComebackError ? error : parent
}

const statements = (
  facts: Facts,
  transaction?: Transaction,
): Pick<ContractTransaction, 'write' | 'read' | 'raw'> => {
  const within = transaction === undefined ? {} : { transaction }
  return {
    // `create()` would prepare it; the contract finds its values in the text of statements.
    write: value => facts.bulkCreate([{ value }], within).catch(driversOwn),
    read: value => facts.findAll({ where: { value }, raw: true, ...within }).catch(driversOwn),
    raw: sql => sequelizeOf(facts).query(sql, within).catch(driversOwn),
  }
}

function sequelizeOf(facts: Facts): Sequelize {
  const { sequelize } = facts
  if (sequelize === undefined) throw new Error('The model has no instance.')
  return sequelize
}

async function begin(facts: Facts): Promise<ContractTransaction> {
  const transaction = await sequelizeOf(facts).transaction().catch(driversOwn)
  return {
    ...statements(facts, transaction),
    commit: () => transaction.commit().catch(driversOwn),
    rollback: () => transaction.rollback().catch(driversOwn),
  }
}

/** What the contract is told to, over any instance of Sequelize. */
export function client(sequelize: Sequelize, isOurs: boolean): ContractClient {
  const facts = sequelize.define(
    'fact',
    {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
      value: DataTypes.STRING,
    },
    { tableName: 'facts', timestamps: false },
  )
  return {
    ...statements(facts),
    preparedWrite: value =>
      sequelize
        .query(`INSERT INTO facts (value) /* ${value} */ VALUES ($1)`, {
          bind: [value],
          type: QueryTypes.INSERT,
        })
        .catch(driversOwn),
    transaction: work =>
      sequelize.transaction(transaction => work(statements(facts, transaction))).catch(driversOwn),
    begin: () => begin(facts),
    idempotentWrite: value =>
      facts.bulkCreate([{ value }], isOurs ? { comeback: { idempotent: true } } : {}).catch(driversOwn),
    close: async () => {
      const closed = sequelize.close()
      // As it comes, it waits for what may never be given back.
      if (isOurs) await closed
    },
  }
}

/** With an option that Sequelize has and its types have not. */
export interface OpenSequelize extends Options {
  readonly databaseVersion?: string
}

/** Sequelize's options for a server, and nothing on the console. */
export const sequelizeOptions = ({ config, slots }: Pick<OpenOptions, 'config' | 'slots'>): OpenSequelize => {
  const { host, port, user, password, database } = config
  return {
    dialect: 'mysql',
    host,
    port,
    username: user,
    password,
    database,
    pool: { min: 0, max: slots, acquire: 5_000 },
    logging: false,
    // Else it opens one more connection, to ask.
    databaseVersion: '10.11.0',
  }
}

/** Sequelize over Comeback. */
export const sequelizeStack: Stack = {
  name: 'sequelize',
  prepares: true,
  tellsFlowsApart: true,
  streams: false,
  async open(given: OpenOptions): Promise<ContractClient> {
    return client(new Sequelize(comeback(sequelizeOptions(given), given.policy)), true)
  },
}

/** Sequelize as it comes. */
export const stockSequelizeStack: Stack = {
  name: 'stock sequelize',
  prepares: true,
  tellsFlowsApart: true,
  streams: false,
  async open(given: OpenOptions): Promise<ContractClient> {
    return client(new Sequelize(sequelizeOptions(given)), false)
  },
}
