import { expect, it } from 'vitest'
import { areFollowed } from '../contract/promises.js'
import { onEachServer } from './bed.js'

onEachServer('The promises of an application without an AsyncLocalStorage', bed => {
  it('are not followed for a client of Prisma', async () => {
    expect(areFollowed()).toBe(false)
    const prisma = bed.prisma()
    await prisma.order.create({ data: { item: 'bread' } })
    await prisma.$transaction(async tx => {
      await tx.order.create({ data: { item: 'salt' } })
      await tx.order.count()
    })
    expect(areFollowed()).toBe(false)
  })
})
