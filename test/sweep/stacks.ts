import type { Stack } from '../contract/stack.js'

/** Every stack that the sweep knows, loaded when it is asked for. */
export const stacks: Readonly<Record<string, () => Promise<Stack>>> = {
  'comeback-mysql2': async () => (await import('../contract/stacks/mysql2.js')).mysql2Stack,
  'comeback-knex': async () => (await import('../contract/stacks/knex.js')).knexStack,
  'comeback-typeorm': async () => (await import('../contract/stacks/typeorm.js')).typeormStack,
  'comeback-sequelize': async () => (await import('../contract/stacks/sequelize.js')).sequelizeStack,
  'comeback-prisma': async () => (await import('../contract/stacks/prisma.js')).prismaStack,
  'stock-mysql2': async () => (await import('../contract/stacks/mysql2.js')).stockMysql2Stack,
  'stock-knex': async () => (await import('../contract/stacks/knex.js')).stockKnexStack,
  'stock-typeorm': async () => (await import('../contract/stacks/typeorm.js')).stockTypeormStack,
  'stock-sequelize': async () => (await import('../contract/stacks/sequelize.js')).stockSequelizeStack,
  'stock-prisma': async () => (await import('../contract/stacks/prisma.js')).stockPrismaStack,
  'peer-knex-validate': async () => (await import('./peers/knex-validate.js')).knexValidateStack,
  'peer-typeorm-retry': async () => (await import('./peers/typeorm-retry.js')).typeormRetryStack,
  'peer-sequelize-retry': async () => (await import('./peers/sequelize-retry.js')).sequelizeRetryStack,
  'peer-serverless-mysql': async () => (await import('./peers/serverless-mysql.js')).serverlessMysqlStack,
  'peer-aws-wrapper': async () => (await import('./peers/aws-wrapper.js')).awsWrapperStack,
}

/** Whether violations of the stack are ours to mend. */
export const isOurs = (stack: string): boolean => stack.startsWith('comeback-')

/** @throws RangeError if there is no such stack. */
export async function loadStack(name: string): Promise<Stack> {
  const load = Object.hasOwn(stacks, name) ? stacks[name] : undefined
  if (!load) throw new RangeError(`There is no stack '${name}'; choices: ${Object.keys(stacks).join(', ')}`)
  return load()
}
