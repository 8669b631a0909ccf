import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { QueryTypes, type Sequelize } from 'sequelize'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { factsOf, onEachServer } from './bed.js'

// A certificate for 127.0.0.1 that protects nothing but tests.
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../mysql2/fixtures/tls/${name}`, import.meta.url))
const certificate = fixture('server-cert.pem')
const flags = [`--ssl-cert=${certificate}`, `--ssl-key=${fixture('server-key.pem')}`]

const cipherOf = async (sequelize: Sequelize): Promise<string | undefined> => {
  const [row] = await sequelize.query<{ Value: string }>("SHOW STATUS LIKE 'Ssl_cipher'", {
    type: QueryTypes.SELECT,
  })
  return row?.Value
}

onEachServer(
  'TLS with a certificate that is checked',
  bed => {
    it('is there with stock Sequelize, with Comeback, and after each loss, seen and unseen', async () => {
      const options = { ...bed.direct, dialectOptions: { ssl: { ca: readFileSync(certificate, 'utf8') } } }
      const cipher = await cipherOf(bed.stock(options))
      expect(cipher).toMatch(/AES|CHACHA/)
      const sequelize = bed.sequelize(options)
      expect(await cipherOf(sequelize)).toBe(cipher)
      const value = marker()
      for (const kill of [() => bed.server.admin.killAll(), () => bed.killUnseen()]) {
        await Promise.resolve(kill())
        await factsOf(sequelize).create({ value })
        expect(await cipherOf(sequelize)).toBe(cipher)
      }
      expect(await bed.rows(value)).toBe(2)
    })
  },
  flags,
)
