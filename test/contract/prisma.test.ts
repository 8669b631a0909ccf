import { contract } from './contract.js'
import { preparingPrismaStack, prismaStack, stockPrismaStack } from './stacks/prisma.js'

// COMEBACK_CONTRACT=stock tells the contract to the library as it comes: what fails then is what Comeback is for.
const stacks =
  process.env['COMEBACK_CONTRACT'] === 'stock' ? [stockPrismaStack] : [prismaStack, preparingPrismaStack]

for (const stack of stacks) await contract(stack)
