import type { OpenShop, Shop } from './shop.js'

/** A library that the shop is written with. */
export interface Orm {
  /** As its authors write it. */
  readonly title: string
  load(): Promise<{ openShop(how: OpenShop): Promise<Shop> }>
}

export type OrmName = 'knex' | 'typeorm' | 'sequelize' | 'prisma'

/** Loaded only when chosen. */
export const orms: Readonly<Record<OrmName, Orm>> = {
  knex: { title: 'Knex', load: () => import('./shops/knex.js') },
  typeorm: { title: 'TypeORM', load: () => import('./shops/typeorm.js') },
  sequelize: { title: 'Sequelize', load: () => import('./shops/sequelize.js') },
  prisma: { title: 'Prisma', load: () => import('./shops/prisma.js') },
}
