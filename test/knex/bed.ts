import type { Policy } from '@comeback/core'
import { comeback } from '@comeback/knex'
import knex, { type Knex } from 'knex'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { ContractBed, patientPolicy } from '../contract/bed.js'
import { knexStack } from '../contract/stacks/knex.js'
import { availableServers, type Flavour } from '../database/index.js'

export interface OpenKnex extends Partial<Knex.Config> {
  readonly policy?: Policy
  /** More connection options, or others. */
  readonly link?: Knex.MySql2ConnectionConfig
}

/** A server behind a proxy, and knex instances that end with their test. */
export class KnexBed extends ContractBed {
  readonly #instances: Knex[] = []
  readonly #stock: Knex[] = []

  constructor(flavour: Flavour) {
    super(knexStack, flavour)
  }

  /** Knex's configuration for the proxy; one connection, and nothing on the console. */
  config({ policy: _, link, ...config }: OpenKnex = {}): Knex.Config {
    return {
      client: 'mysql2',
      connection: { ...this.proxy.config(this.server.config), ...link },
      pool: { min: 0, max: 1 },
      acquireConnectionTimeout: 5_000,
      log: { warn: () => undefined, error: () => undefined },
      ...config,
    }
  }

  /** Knex over Comeback. */
  knex(options: OpenKnex = {}): Knex {
    return this.keep(knex(comeback(this.config(options), { ...patientPolicy, ...options.policy })))
  }

  /** Knex as it comes. */
  stock(options: OpenKnex = {}): Knex {
    const instance = knex(this.config(options))
    this.#stock.push(instance)
    return instance
  }

  /** Ends an instance with its test. */
  keep(instance: Knex): Knex {
    this.#instances.push(instance)
    return instance
  }

  override async tidy(): Promise<void> {
    // What stock Knex waits for may never come; its sockets are cut.
    for (const instance of this.#stock.splice(0)) void instance.destroy().catch(() => undefined)
    for (const instance of this.#instances.splice(0)) await instance.destroy().catch(() => undefined)
    await super.tidy()
  }
}

const names: Readonly<Record<Flavour, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' }
const servers = await availableServers()

/** Tells facts about Knex on every server that is to be had. */
export function onEachServer(topic: string, tell: (bed: KnexBed) => void): void {
  for (const { flavour } of servers) {
    describe(`${topic} on ${names[flavour]}`, () => {
      const bed = new KnexBed(flavour)
      beforeAll(() => bed.make())
      afterEach(() => bed.tidy())
      afterAll(() => bed.unmake())
      tell(bed)
    })
  }
}
