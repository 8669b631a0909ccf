import type { Policy } from '@comeback/core'
import { DatabaseUnavailableError } from '@comeback/sequelize'
import type { Sequelize } from 'sequelize'
import { expect, it } from 'vitest'
import { marker } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { factsOf, onEachServer, type SequelizeBed } from './bed.js'

interface Node {
  readonly host: string
  readonly port: number
}

/** One server in several places: it is written to directly, and read from through the proxy or where else the test says. */
function replicated(
  bed: SequelizeBed,
  read: readonly Node[],
  policy: Policy = {},
  write: Node = bed.server,
): Sequelize {
  const { username, password, database } = bed.options()
  const { host, port } = write
  const access = { username: username ?? '', password: password ?? '', database: database ?? '' }
  // Sequelize's types ask for the port as text, its dialect for a number.
  const replication = {
    write: { host, port, ...access },
    read: read.map(node => ({ ...node, ...access })),
  } as never
  return bed.sequelize({ replication, host: undefined, port: undefined } as never, policy)
}

const proxyOf = ({ proxy }: SequelizeBed): Node => ({ host: proxy.host, port: proxy.port })

onEachServer('replication', bed => {
  /** A place where nobody listens. */
  const nowhere: Node = { host: '127.0.0.1', port: 1 }

  async function takeProxyAway(): Promise<void> {
    await bed.proxy.refuse()
    bed.proxy.cutAll()
    await bed.allGone()
  }

  it('reads from one server and writes to another, which are lost and come back apart', async () => {
    const facts = factsOf(replicated(bed, [proxyOf(bed)]))
    const value = marker()
    await facts.create({ value })
    expect(await facts.count({ where: { value } })).toBe(1)
    expect(bed.proxy.journal.openConnections).toHaveLength(1)
    await bed.killSeen()
    await facts.create({ value })
    expect(await facts.count({ where: { value } })).toBe(2)
    expect(await facts.count({ where: { value }, useMaster: true } as never)).toBe(2)
    expect(bed.sent(value)).toBe(2)
  })

  it('takes nothing dead from either of its pools, though nobody has noticed yet', async () => {
    const [reader, writer] = [
      factsOf(replicated(bed, [proxyOf(bed)])),
      factsOf(replicated(bed, [bed.server], {}, proxyOf(bed))),
    ]
    const value = marker()
    await reader.create({ value })
    await writer.create({ value })
    expect(await reader.count({ where: { value } })).toBe(2)
    bed.killUnseen()
    expect(await reader.count({ where: { value } })).toBe(2)
    bed.killUnseen()
    await writer.create({ value })
    expect(await writer.count({ where: { value } })).toBe(3)
  })

  it('goes on writing while the server for reads is away, and reads when it is back', async () => {
    const facts = factsOf(replicated(bed, [proxyOf(bed)]))
    const value = marker()
    await facts.count()
    await takeProxyAway()
    const read = facts.count({ where: { value } })
    try {
      await facts.create({ value })
      expect(await bed.rows(value)).toBe(1)
    } finally {
      await bed.proxy.accept()
    }
    expect(await read).toBe(1)
  })

  it('reads from another server, soon, where one of several is away', async () => {
    const facts = factsOf(replicated(bed, [nowhere, proxyOf(bed)]))
    const startedAt = performance.now()
    for (const _ of ['first', 'second', 'third']) {
      expect(await facts.count()).toBeGreaterThanOrEqual(0)
      await bed.killSeen()
    }
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })

  it('waits for any of several servers that are all away, as long as the policy says', async () => {
    const facts = factsOf(replicated(bed, [nowhere, proxyOf(bed)]))
    await facts.count()
    await takeProxyAway()
    const read = facts.count()
    await new Promise(resolve => setTimeout(resolve, 700))
    await bed.proxy.accept()
    expect(await read).toBeGreaterThanOrEqual(0)
    const short = { outage: { maxWaitMs: 500 } }
    const error = await failureOf(factsOf(replicated(bed, [nowhere, nowhere], short)).count())
    expect(error).toBeInstanceOf(DatabaseUnavailableError)
  })

  it('waits for the server to write to as long as the policy says, though it is one of several to read from', async () => {
    const proxy = proxyOf(bed)
    const facts = factsOf(replicated(bed, [proxy, bed.server], {}, proxy))
    const value = marker()
    expect(await facts.count({ where: { value } })).toBe(0)
    await facts.create({ value })
    await takeProxyAway()
    const written = facts.create({ value })
    await new Promise(resolve => setTimeout(resolve, 700))
    await bed.proxy.accept()
    await written
    expect(await bed.rows(value)).toBe(2)
  })

  it('ends at once while all servers to read from are away', async () => {
    const sequelize = replicated(bed, [nowhere, nowhere])
    const told = failureOf(factsOf(sequelize).count())
    await new Promise(resolve => setTimeout(resolve, 50))
    const startedAt = performance.now()
    await sequelize.close()
    expect(await told).toBeInstanceOf(DatabaseUnavailableError)
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })
})
