import type { PeerName } from './peers.js'
import type { Open } from './stack.js'

export type StackName = 'mysql2' | 'knex' | 'typeorm' | 'sequelize' | 'prisma'

/** A library that is measured. */
export interface Stack {
  /** As its authors write it. */
  readonly title: string
  /** What must be known to read its figures. */
  readonly remark?: string
  /** What is built on it, and compared with it. */
  readonly peers: readonly PeerName[]
  load(): Promise<{ readonly open: Open }>
}

/** Loaded only when measured. */
export const stacks: Readonly<Record<StackName, Stack>> = {
  mysql2: {
    title: 'mysql2',
    peers: ['serverless-mysql', 'aws-wrapper'],
    load: () => import('./stacks/mysql2.js'),
  },
  knex: { title: 'Knex', peers: ['knex-validate'], load: () => import('./stacks/knex.js') },
  typeorm: { title: 'TypeORM', peers: ['typeorm-retry'], load: () => import('./stacks/typeorm.js') },
  sequelize: {
    title: 'Sequelize',
    peers: ['sequelize-retry'],
    load: () => import('./stacks/sequelize.js'),
  },
  prisma: {
    title: 'Prisma',
    remark:
      'Its own adapter is on the mariadb driver and keeps no statement prepared; Comeback is on mysql2 and does. The ratios compare that as well.',
    peers: [],
    load: () => import('./stacks/prisma.js'),
  },
}

export const stackNames: readonly StackName[] = ['mysql2', 'knex', 'typeorm', 'sequelize', 'prisma']
