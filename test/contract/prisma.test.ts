import { contract } from './contract.js'
import {
  boundedPrismaStack,
  pipeliningPrismaStack,
  preparingPrismaStack,
  prismaStack,
  stockPrismaStack,
  wrappedPrismaStack,
} from './stacks/prisma.js'

// COMEBACK_CONTRACT tells the contract to something else. What the library as it comes (stock) fails is what Comeback is for; what
// its own adapter under Comeback fails, as it is made (wrapped) or with bounds (bounded), is in docs/discoveries/prisma.md.
const others = {
  stock: stockPrismaStack,
  wrapped: wrappedPrismaStack,
  bounded: boundedPrismaStack,
  pipelining: pipeliningPrismaStack,
}
const other = others[process.env['COMEBACK_CONTRACT'] as keyof typeof others]

for (const stack of other ? [other] : [prismaStack, preparingPrismaStack]) await contract(stack)
