import type { Open } from './stack.js'

export type StackName = 'knex' | 'typeorm' | 'sequelize'

/** A library that is measured. */
export interface Stack {
  /** As its authors write it. */
  readonly title: string
  load(): Promise<{ readonly open: Open }>
}

/** Loaded only when measured. */
export const stacks: Readonly<Record<StackName, Stack>> = {
  knex: { title: 'Knex', load: () => import('./stacks/knex.js') },
  typeorm: { title: 'TypeORM', load: () => import('./stacks/typeorm.js') },
  sequelize: { title: 'Sequelize', load: () => import('./stacks/sequelize.js') },
}

export const stackNames: readonly StackName[] = ['knex', 'typeorm', 'sequelize']
