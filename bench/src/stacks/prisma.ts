import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import type { PoolOptions } from 'mysql2'
import { PrismaClient } from '../../prisma/generated/client.js'
import { someId } from '../furnish.js'
import { CHANGED, ONE_MORE, type Open, SLOTS } from '../stack.js'

async function overComeback(config: PoolOptions): Promise<ConstructorParameters<typeof PrismaClient>[0]> {
  const { comeback, PrismaComeback } = await import('@comeback/prisma')
  return comeback({ adapter: new PrismaComeback(config) })
}

/** Prisma, which has no streams. As it comes it is on the driver that its own adapter brings. */
export const open: Open = async (variant, connection) => {
  const config = { ...connection, connectionLimit: SLOTS }
  const prisma = new PrismaClient(
    variant === 'comeback' ? await overComeback(config) : { adapter: new PrismaMariaDb(config) },
  )
  await prisma.$connect()
  return {
    select: () => prisma.point.findUnique({ where: { id: someId() } }),
    insert: () => prisma.written.create({ data: ONE_MORE }),
    transaction: () =>
      prisma.$transaction(async tx => {
        await tx.point.findUnique({ where: { id: someId() } })
        await tx.written.create({ data: ONE_MORE })
        await tx.point.update({ where: { id: someId() }, data: CHANGED })
      }),
    close: () => prisma.$disconnect(),
  }
}
