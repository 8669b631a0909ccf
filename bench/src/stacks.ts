import type { Open } from './stack.js'

export type StackName = 'knex' | 'typeorm' | 'sequelize' | 'prisma'

/** A library that is measured. */
export interface Stack {
  /** As its authors write it. */
  readonly title: string
  /** What must be known to read its figures. */
  readonly remark?: string
  load(): Promise<{ readonly open: Open }>
}

/** Loaded only when measured. */
export const stacks: Readonly<Record<StackName, Stack>> = {
  knex: { title: 'Knex', load: () => import('./stacks/knex.js') },
  typeorm: { title: 'TypeORM', load: () => import('./stacks/typeorm.js') },
  sequelize: { title: 'Sequelize', load: () => import('./stacks/sequelize.js') },
  prisma: {
    title: 'Prisma',
    remark:
      'Its own adapter is on the mariadb driver and keeps no statement prepared; Comeback is on mysql2 and does. The ratios compare that as well.',
    load: () => import('./stacks/prisma.js'),
  },
}

export const stackNames: readonly StackName[] = ['knex', 'typeorm', 'sequelize', 'prisma']
