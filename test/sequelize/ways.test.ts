import { ComebackConfigError, comeback } from '@comeback/sequelize'
import mysql2 from 'mysql2'
import { QueryTypes, Sequelize } from 'sequelize'
import { expect, it, vi } from 'vitest'
import { patientPolicy } from '../contract/bed.js'
import type { OpenSequelize } from '../contract/stacks/sequelize.js'
import { factsOf, onEachServer } from './bed.js'

onEachServer('a way to the server', bed => {
  const ways: readonly (readonly [name: string, options: () => OpenSequelize])[] = [
    ['a socket file', () => ({ dialectOptions: { socketPath: bed.server.socketPath } })],
    ['compression', () => ({ ...bed.direct, dialectOptions: { compress: true } })],
    ...(bed.flavour === 'mysql'
      ? ([
          ['TLS', () => ({ ...bed.direct, dialectOptions: { ssl: { rejectUnauthorized: false } } })],
          ['caching_sha2_password', () => bed.direct],
        ] as const)
      : []),
  ]

  for (const [name, options] of ways) {
    it(`by ${name} works, and is found again after a loss`, async () => {
      const sequelize = bed.sequelize(options() as OpenSequelize)
      const facts = factsOf(sequelize)
      const { id } = await facts.create({ value: name })
      bed.killUnseen()
      expect(await facts.findByPk(id, { raw: true })).toEqual({ id, value: name })
      const [cipher] = await sequelize.query<{ Value: string }>("SHOW STATUS LIKE 'Ssl_cipher'", {
        type: QueryTypes.SELECT,
      })
      expect(Boolean(cipher?.Value)).toBe(name === 'TLS')
    })
  }

  it('may be written as a URL, with options in it', async () => {
    const { host, port, user, password, database } = bed.proxy.config(bed.server.config)
    const url = `mysql://${user}:${password}@${host}:${port}/${database}?multipleStatements=true`
    const options = comeback({ dialect: 'mysql', logging: false, pool: { max: 1 } }, patientPolicy)
    const sequelize = bed.keep(new Sequelize(url, options))
    await sequelize.query('DO 1')
    await bed.killSeen()
    const [rows] = await sequelize.query('SELECT 1 AS a; SELECT 2 AS a')
    expect(rows).toEqual([[{ a: 1 }], [{ a: 2 }]])
  })

  it('may be written as name, user, password and options', async () => {
    const { host, port, user, password, database } = bed.proxy.config(bed.server.config)
    const options = comeback(
      { dialect: 'mysql', host, port, logging: false, dialectModule: mysql2 },
      patientPolicy,
    )
    const sequelize = bed.keep(new Sequelize(database, user, password, options))
    await sequelize.authenticate()
    await bed.killSeen()
    await sequelize.authenticate()
  })

  it('is that of its options, with their policy, for an instance that is found by comeback.attach() alone', async () => {
    const warn = vi.fn()
    const logger = { debug: () => undefined, info: () => undefined, warn, error: () => undefined }
    const options = comeback(bed.options({ retry: { max: 2 } }), { ...patientPolicy, logger })
    // As another copy of Sequelize's, which knows nothing of this hook.
    Sequelize.removeHook('afterInit', 'comeback')
    const sequelize = bed.keep(new Sequelize(options))
    expect(() => comeback.attach(sequelize, { name: 'second' })).toThrow(ComebackConfigError)
    comeback.attach(sequelize)
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('`retry`'), {})
    await sequelize.query('DO 1')
    await bed.killSeen()
    await sequelize.query('DO 1')
  })
})

onEachServer('what observes the class Sequelize', bed => {
  it('sees the statements and transactions of an instance that was there before', async () => {
    const sequelize = bed.sequelize()
    using query = vi.spyOn(Sequelize.prototype, 'query')
    using transaction = vi.spyOn(Sequelize.prototype, 'transaction')
    await sequelize.query('DO 1')
    expect(query.mock.calls).toEqual([['DO 1']])
    await sequelize.transaction(async () => undefined)
    expect(transaction).toHaveBeenCalledOnce()
  })
})
