import type { Policy } from '@comeback/core'
import { comeback } from '@comeback/sequelize'
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  type Model,
  type ModelStatic,
  Sequelize,
} from 'sequelize'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { ContractBed, patientPolicy } from '../contract/bed.js'
import { type OpenSequelize, sequelizeOptions, sequelizeStack } from '../contract/stacks/sequelize.js'
import { availableServers, type Flavour } from '../database/index.js'

/** A row of `facts (id, value)`. */
export interface Fact extends Model<InferAttributes<Fact>, InferCreationAttributes<Fact>> {
  id: CreationOptional<number>
  value: string
}

export type Facts = ModelStatic<Fact>

/** The table of facts as a model of an instance. */
export function factsOf(sequelize: Sequelize): Facts {
  return sequelize.define<Fact>(
    'fact',
    {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
      value: { type: DataTypes.STRING, allowNull: false },
    },
    { tableName: 'facts', timestamps: false },
  )
}

/** A server behind a proxy, and Sequelize instances that end with their test. */
export class SequelizeBed extends ContractBed {
  readonly #instances: Sequelize[] = []
  readonly #stock: Sequelize[] = []

  constructor(flavour: Flavour, flags: readonly string[]) {
    super(sequelizeStack, flavour, flags)
  }

  /** Sequelize's options for the proxy; one connection, and nothing on the console. */
  options(options: OpenSequelize = {}): OpenSequelize {
    const config = this.proxy.config(this.server.config)
    return { ...sequelizeOptions({ config, slots: 1 }), ...options }
  }

  /** Sequelize over Comeback. */
  sequelize(options: OpenSequelize = {}, policy: Policy = {}): Sequelize {
    return this.keep(new Sequelize(comeback(this.options(options), { ...patientPolicy, ...policy })))
  }

  /** Sequelize as it comes. */
  stock(options: OpenSequelize = {}): Sequelize {
    const instance = new Sequelize(this.options(options))
    this.#stock.push(instance)
    return instance
  }

  /** Ends an instance with its test. */
  keep(instance: Sequelize): Sequelize {
    this.#instances.push(instance)
    return instance
  }

  override async tidy(): Promise<void> {
    // What stock Sequelize waits for may never come; its sockets are cut.
    for (const instance of this.#stock.splice(0)) void instance.close().catch(() => undefined)
    for (const instance of this.#instances.splice(0)) await instance.close().catch(() => undefined)
    await super.tidy()
  }
}

const names: Readonly<Record<Flavour, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' }
const servers = await availableServers()

/** Tells facts about Sequelize on every server that is to be had. */
export function onEachServer(
  topic: string,
  tell: (bed: SequelizeBed) => void,
  flags: readonly string[] = [],
): void {
  for (const { flavour } of servers) {
    describe(`${topic} on ${names[flavour]}`, () => {
      const bed = new SequelizeBed(flavour, flags)
      beforeAll(() => bed.make())
      afterEach(() => bed.tidy())
      afterAll(() => bed.unmake())
      tell(bed)
    })
  }
}
