import { comeback, PrismaComeback } from '@comeback/prisma'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaClient } from '../../prisma/generated/client.js'
import { ACQUIRE_MS, ITEMS, type OpenShop, type Shop, untilDone } from '../shop.js'

/** As for every shop: the wait for a connection, which is part of Prisma's wait for a transaction. */
const transactionOptions = { maxWait: ACQUIRE_MS, timeout: 2 * ACQUIRE_MS }

function openClient({ connection, slots, policy }: OpenShop): PrismaClient {
  const config = { ...connection, connectionLimit: slots }
  if (policy === undefined) {
    const adapter = new PrismaMariaDb({ ...config, acquireTimeout: ACQUIRE_MS })
    return new PrismaClient({ adapter, transactionOptions })
  }
  return new PrismaClient(comeback({ adapter: new PrismaComeback(config), transactionOptions }, policy))
}

/** The shop on Prisma. */
export async function openShop(how: OpenShop): Promise<Shop> {
  const { side } = how
  const prisma = openClient(how)

  // An order and its lines, in a transaction of Prisma's.
  const takeOnce = async (reference: string): Promise<void> => {
    const lines = { create: ITEMS.map(item => ({ item })) }
    await prisma.order.create({ data: { side, reference, lines } })
  }

  return {
    takeOrder: reference => untilDone(() => takeOnce(reference)),
    async note(reference) {
      // `create` would make a transaction of it.
      await prisma.note.createMany({ data: [{ side, reference }] })
    },
    async look(reference) {
      await prisma.order.findFirst({ where: { reference } })
    },
    close: () => prisma.$disconnect(),
  }
}
