/** What people use today against lost connections, beside the library alone. */
export type PeerName =
  | 'serverless-mysql'
  | 'aws-wrapper'
  | 'knex-validate'
  | 'typeorm-retry'
  | 'sequelize-retry'

/** One of them. */
export interface Peer {
  readonly title: string
  /** How it was set up, and what must be known to read its figures. */
  readonly remark: string
}

/** The peers; each is compared with the library that it is built on. */
export const peers: Readonly<Record<PeerName, Peer>> = {
  'serverless-mysql': {
    title: 'serverless-mysql',
    remark:
      'One connection in each of ten containers, and `end()` after each request, as its manual has it. It has no streams.',
  },
  'aws-wrapper': {
    title: 'aws-advanced-nodejs-wrapper',
    remark: 'Its pool, with the plugins that need no cluster. It has no streams.',
  },
  'knex-validate': {
    title: 'Knex with a ping',
    remark: '`pool.validate` pings the connection whenever it leaves the pool.',
  },
  'typeorm-retry': {
    title: 'TypeORM in a loop',
    remark: 'Three attempts after a lost connection, with a pause of 200 ms that doubles.',
  },
  'sequelize-retry': {
    title: 'Sequelize with `retry`',
    remark:
      'The `retry` that is commonly recommended: codes and classes of lost connections, three attempts.',
  },
}
