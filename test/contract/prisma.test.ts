import { contract } from './contract.js'
import { prismaStack, stockPrismaStack } from './stacks/prisma.js'

// COMEBACK_CONTRACT=stock tells the contract to the library as it comes: what fails then is what Comeback is for.
await contract(process.env['COMEBACK_CONTRACT'] === 'stock' ? stockPrismaStack : prismaStack)
