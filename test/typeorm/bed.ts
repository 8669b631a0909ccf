import type { Policy } from '@comeback/core'
import { comeback } from '@comeback/typeorm'
import { DataSource, type DataSourceOptions, type Logger } from 'typeorm'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { ContractBed, patientPolicy } from '../contract/bed.js'
import { configuration, typeormStack } from '../contract/stacks/typeorm.js'
import { availableServers, type Flavour } from '../database/index.js'

export type MysqlOptions = Extract<DataSourceOptions, { type: 'mysql' | 'mariadb' }>

export interface OpenTypeorm {
  readonly policy?: Policy
  /** How many connections the pool may have; one unless told otherwise. */
  readonly slots?: number
  /** More options of TypeORM's, or others. */
  readonly options?: Partial<MysqlOptions>
}

const ignore = (): void => undefined

/** Without one TypeORM reports failed migrations and slow statements on the console. */
const quiet: Logger = {
  logQuery: ignore,
  logQueryError: ignore,
  logQuerySlow: ignore,
  logSchemaBuild: ignore,
  logMigration: ignore,
  log: ignore,
}

/** A server behind a proxy, and data sources that end with their test. */
export class TypeormBed extends ContractBed {
  readonly #ours: DataSource[] = []
  readonly #stock: DataSource[] = []

  constructor(flavour: Flavour) {
    super(typeormStack, flavour)
  }

  /** TypeORM's options for the proxy. */
  options({ slots = 1, options }: OpenTypeorm = {}): MysqlOptions {
    const config = this.proxy.config(this.server.config)
    return {
      ...configuration({ config, slots }),
      type: this.flavour,
      logger: quiet,
      ...options,
    } as MysqlOptions
  }

  /** TypeORM over Comeback. */
  typeorm(given: OpenTypeorm = {}): Promise<DataSource> {
    const dataSource = new DataSource(comeback(this.options(given), { ...patientPolicy, ...given.policy }))
    return this.keep(dataSource).initialize()
  }

  /** TypeORM as it comes. */
  stock(given: OpenTypeorm = {}): Promise<DataSource> {
    const dataSource = new DataSource(this.options(given))
    this.#stock.push(dataSource)
    return dataSource.initialize()
  }

  /** Ends a data source with its test. */
  keep(dataSource: DataSource): DataSource {
    this.#ours.push(dataSource)
    return dataSource
  }

  override async tidy(): Promise<void> {
    // What stock TypeORM waits for may never come; its sockets are cut.
    for (const dataSource of this.#stock.splice(0)) void dataSource.destroy().catch(() => undefined)
    for (const dataSource of this.#ours.splice(0)) await dataSource.destroy().catch(() => undefined)
    await super.tidy()
  }
}

const names: Readonly<Record<Flavour, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' }
const servers = await availableServers()

/** Tells facts about TypeORM on every server that is to be had. */
export function onEachServer(topic: string, tell: (bed: TypeormBed) => void): void {
  for (const { flavour } of servers) {
    describe(`${topic} on ${names[flavour]}`, () => {
      const bed = new TypeormBed(flavour)
      beforeAll(() => bed.make())
      afterEach(() => bed.tidy())
      afterAll(() => bed.unmake())
      tell(bed)
    })
  }
}
