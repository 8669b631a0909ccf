import type { Policy } from '@comeback/core'
import { PrismaComeback, type PrismaComebackOptions } from '@comeback/prisma'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import type { PoolOptions } from 'mysql2'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { ContractBed, patientPolicy } from '../contract/bed.js'
import type { Stack } from '../contract/stack.js'
import { prismaStack } from '../contract/stacks/prisma.js'
import { availableServers, type ConnectionConfig, type Flavour } from '../database/index.js'
import { type Prisma, PrismaClient } from './generated/client.js'

export interface OpenPrisma extends PrismaComebackOptions {
  readonly slots?: number
  /** More connection options, or others. */
  readonly link?: PoolOptions
  /** More options of the client. */
  readonly client?: Omit<Prisma.PrismaClientOptions, 'adapter' | 'accelerateUrl'>
}

/** A server behind a proxy, and Prisma clients that end with their test. */
export class PrismaBed extends ContractBed {
  readonly #clients: { $disconnect(): Promise<void> }[] = []

  constructor(flavour: Flavour, stack: Stack) {
    super(stack, flavour)
  }

  override async make(): Promise<void> {
    await super.make()
    const { admin } = this.server
    await admin.query(
      "CREATE TABLE test.orders (id INT PRIMARY KEY AUTO_INCREMENT, item VARCHAR(64) NOT NULL UNIQUE, state ENUM('open', 'paid') NOT NULL DEFAULT 'open')",
    )
    await admin.query(
      'CREATE TABLE test.notes (id INT PRIMARY KEY AUTO_INCREMENT, text VARCHAR(64) NOT NULL, order_id INT NOT NULL, FOREIGN KEY (order_id) REFERENCES test.orders (id))',
    )
  }

  /** How many orders have the item, by the server's own word. */
  async orders(item: string): Promise<number> {
    const [row] = await this.server.admin.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM test.orders WHERE item = ?',
      [item],
    )
    return Number(row?.n)
  }

  /** Where the proxy is; one connection. */
  config({ slots = 1, link }: Pick<OpenPrisma, 'slots' | 'link'> = {}): ConnectionConfig & PoolOptions {
    return { ...this.proxy.config(this.server.config), connectionLimit: slots, ...link } as ConnectionConfig
  }

  /** An adapter of Comeback's. */
  adapter({ slots = 1, link, client: _, policy, ...options }: OpenPrisma = {}): PrismaComeback {
    return new PrismaComeback(this.config({ slots, ...(link && { link }) }), {
      useTextProtocol: true,
      ...options,
      policy: { ...patientPolicy, ...policy } satisfies Policy,
    })
  }

  /** Prisma over Comeback. */
  prisma(options: OpenPrisma = {}): PrismaClient {
    return this.keep(new PrismaClient({ ...options.client, adapter: this.adapter(options) }))
  }

  /** Prisma's own adapter. */
  stockAdapter({ useTextProtocol = true, slots = 1, link = {} }: OpenPrisma = {}): PrismaMariaDb {
    const { user, password, host, port, database } = this.config({ link })
    return new PrismaMariaDb(
      {
        host,
        port,
        connectionLimit: slots,
        acquireTimeout: 3_000,
        allowPublicKeyRetrieval: true,
        // Else the connector sets it after the login, and leaves it uncaught when that fails.
        collation: 'UTF8MB4_GENERAL_CI',
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { password }),
        ...(database === undefined ? {} : { database }),
      },
      { useTextProtocol },
    )
  }

  /** Prisma as it comes. */
  stock(options: OpenPrisma = {}): PrismaClient {
    return this.keep(new PrismaClient({ ...options.client, adapter: this.stockAdapter(options) }))
  }

  /** Ends a client with its test. */
  keep<C extends { $disconnect(): Promise<void> }>(client: C): C {
    this.#clients.push(client)
    return client
  }

  override async tidy(): Promise<void> {
    this.proxy.clear()
    for (const client of this.#clients.splice(0)) await client.$disconnect().catch(() => undefined)
    await super.tidy()
  }
}

const names: Readonly<Record<Flavour, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' }
const servers = await availableServers()

/** Tells facts about Prisma on every server that is to be had. */
export function onEachServer(
  topic: string,
  tell: (bed: PrismaBed) => void,
  stack: Stack = prismaStack,
): void {
  for (const { flavour } of servers) {
    describe(`${topic} on ${names[flavour]}`, () => {
      const bed = new PrismaBed(flavour, stack)
      beforeAll(() => bed.make())
      afterEach(() => bed.tidy())
      afterAll(() => bed.unmake())
      tell(bed)
    })
  }
}
