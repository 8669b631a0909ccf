import { createConnection } from '@comeback/mysql2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ContractBed, marker } from './bed.js'
import { operationsOf } from './operations.js'
import { areFollowed } from './promises.js'
import { knexStack } from './stacks/knex.js'
import { mysql2Stack } from './stacks/mysql2.js'
import { sequelizeStack } from './stacks/sequelize.js'
import { typeormStack } from './stacks/typeorm.js'

// Here, and not in the contract: once they are followed, they are for the whole process.
describe('the promises of an application without an AsyncLocalStorage', () => {
  const beds = [mysql2Stack, knexStack, typeormStack, sequelizeStack].map(
    stack => new ContractBed(stack, 'mariadb'),
  )
  beforeAll(() => Promise.all(beds.map(bed => bed.make())))
  afterAll(() => Promise.all(beds.map(bed => bed.unmake())))

  for (const bed of beds) {
    it(`are not followed for a pool of ${bed.stack.name}`, async () => {
      expect(areFollowed()).toBe(false)
      const client = await bed.open({ slots: 2 })
      for (const operation of operationsOf(bed.stack)) await operation.run(client, marker())
      expect(areFollowed()).toBe(false)
      await bed.tidy()
    })
  }

  it.skipIf(Number.parseInt(process.versions.node, 10) >= 24)(
    'are from a connection of its own on',
    async () => {
      const connection = createConnection((beds[0] as ContractBed).server.config)
      await new Promise<void>(resolve => connection.end(() => resolve()))
      expect(areFollowed()).toBe(true)
    },
  )
})
