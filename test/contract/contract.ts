import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { availableServers, type Flavour } from '../database/index.js'
import { ContractBed } from './bed.js'
import { idleLoss } from './causes/idle-loss.js'
import { lostInFlight } from './causes/lost-in-flight.js'
import { notALoss } from './causes/not-a-loss.js'
import { outage } from './causes/outage.js'
import { sharing } from './causes/sharing.js'
import { silentLoss } from './causes/silence.js'
import { transactionLoss } from './causes/transaction-loss.js'
import type { Stack } from './stack.js'

const causes = [idleLoss, lostInFlight, transactionLoss, outage, silentLoss, sharing, notALoss]

const names: Readonly<Record<Flavour, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' }

/** Tells the whole contract to a stack, on every server that is to be had. */
export async function contract(stack: Stack): Promise<void> {
  for (const { flavour } of await availableServers()) {
    describe(`${stack.name} on ${names[flavour]}`, () => {
      const bed = new ContractBed(stack, flavour)
      beforeAll(() => bed.make())
      afterEach(() => bed.tidy())
      afterAll(() => bed.unmake())
      for (const cause of causes) cause(bed)
    })
  }
}
