import { type ChaosProxy, cutAfterForward, startChaosProxy } from '@comeback/chaos'
import { comeback, OutcomeUnknownError, type Policy } from '@comeback/typeorm'
import { DataSource } from 'typeorm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { marker, patientPolicy } from '../contract/bed.js'
import { failureOf } from '../contract/failure.js'
import { Fact } from '../contract/stacks/typeorm.js'
import { type Server, startServer } from '../database/index.js'
import type { MysqlOptions } from './bed.js'

type Replication = NonNullable<MysqlOptions['replication']>

/** Two servers that do not replicate, so that it shows which one has answered. */
describe('replication', () => {
  const servers: Server[] = []
  const proxies: ChaosProxy[] = []
  const open: DataSource[] = []

  const [master, slave] = [0, 1]

  beforeAll(async () => {
    for (const name of ['master', 'slave']) {
      const server = await startServer()
      servers.push(server)
      proxies.push(await startChaosProxy({ target: { host: server.host, port: server.port } }))
      await server.admin.query(
        'CREATE TABLE test.facts (id INT PRIMARY KEY AUTO_INCREMENT, value VARCHAR(64) NOT NULL)',
      )
      await server.admin.query('INSERT INTO test.facts (value) VALUES (?)', [name])
    }
  })

  afterEach(async () => {
    for (const dataSource of open.splice(0)) await dataSource.destroy().catch(() => undefined)
    for (const proxy of proxies) {
      proxy.clear()
      await proxy.accept()
      proxy.cutAll('rst')
      proxy.journal.clear()
    }
  })

  afterAll(async () => {
    for (const proxy of proxies) await proxy.close()
    for (const server of servers) await server.stop()
  })

  const credentials = (index: number) => {
    const server = servers[index] as Server
    const { user, ...config } = (proxies[index] as ChaosProxy).config(server.config)
    return { ...config, username: user }
  }

  const start = async (
    isOurs: boolean,
    given: Partial<Replication> = {},
    policy?: Policy,
  ): Promise<DataSource> => {
    const options: MysqlOptions = {
      type: 'mysql',
      entities: [Fact],
      poolSize: 2,
      replication: { master: credentials(master), slaves: [credentials(slave)], ...given },
    }
    const dataSource = new DataSource(isOurs ? comeback(options, { ...patientPolicy, ...policy }) : options)
    open.push(dataSource)
    return dataSource.initialize()
  }

  const names = async (dataSource: DataSource): Promise<string[]> =>
    (await dataSource.manager.find(Fact, { order: { id: 'ASC' }, take: 1 })).map(({ value }) => value)

  const leave = async (index: number): Promise<void> => {
    await (proxies[index] as ChaosProxy).refuse()
    ;(proxies[index] as ChaosProxy).cutAll('rst')
    await (proxies[index] as ChaosProxy).until(journal => journal.openConnections.length === 0)
  }

  /** Asks until an answer comes; what failed on the way is counted. */
  const untilAnswered = async (dataSource: DataSource, withinMs: number): Promise<string[] | 'never'> => {
    const end = performance.now() + withinMs
    while (performance.now() < end) {
      const answer = await names(dataSource).catch(() => undefined)
      if (answer !== undefined) return answer
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    return 'never'
  }

  /** A node fails often enough for a cluster to give it up. */
  const exhaust = async (dataSource: DataSource, index: number, times: number): Promise<void> => {
    await leave(index)
    for (let left = times; left > 0; left -= 1) await names(dataSource).catch(() => undefined)
    await (proxies[index] as ChaosProxy).accept()
  }

  const hasty = { outage: { maxWaitMs: 100 } } as const

  it('reads from a slave and writes to the master', async () => {
    const dataSource = await start(true)
    expect(await names(dataSource)).toEqual(['slave'])
    const value = marker()
    await dataSource.manager.insert(Fact, { value })
    expect(
      await (servers[master] as Server).admin.query('SELECT 1 FROM test.facts WHERE value = ?', [value]),
    ).toHaveLength(1)
  })

  it('loses a slave for ever that has failed five times, with stock TypeORM', async () => {
    const dataSource = await start(false)
    await exhaust(dataSource, slave, 6)
    expect(await untilAnswered(dataSource, 1_500)).toBe('never')
    expect((await failureOf(names(dataSource))).message).toMatch(/pool does not exist|No .*(?:node|pool)/i)
  })

  it('has it back with Comeback', async () => {
    const dataSource = await start(true, {}, hasty)
    await exhaust(dataSource, slave, 6)
    expect(await untilAnswered(dataSource, 5_000)).toEqual(['slave'])
  })

  it('has the master back', async () => {
    const dataSource = await start(true, {}, hasty)
    await leave(master)
    for (let left = 6; left > 0; left -= 1)
      await failureOf(dataSource.manager.insert(Fact, { value: marker() }))
    await (proxies[master] as ChaosProxy).accept()
    const end = performance.now() + 5_000
    let isBack = false
    while (!isBack && performance.now() < end) {
      isBack = await dataSource.manager.insert(Fact, { value: marker() }).then(
        () => true,
        () => false,
      )
    }
    expect(isBack).toBe(true)
  })

  it('sends a read again that lost its slave, and a write to the master on a connection that died', async () => {
    const dataSource = await start(true)
    await names(dataSource)
    const proxy = proxies[slave] as ChaosProxy
    proxy.inject(cutAfterForward(), { match: /^SELECT .*facts/ })
    expect(await names(dataSource)).toEqual(['slave'])
    expect(proxy.journal.sentTimes(/^SELECT .*facts/)).toBe(3)
    await (servers[master] as Server).admin.killAll()
    const value = marker()
    await dataSource.manager.save(Fact, { value })
    expect((proxies[master] as ChaosProxy).journal.answeredTimes(/^COMMIT/)).toBe(1)
  })

  it('leaves a write to the master unknown whose answer was lost', async () => {
    const dataSource = await start(true)
    const value = marker()
    ;(proxies[master] as ChaosProxy).inject(cutAfterForward(), { match: new RegExp(value) })
    expect(await failureOf(dataSource.manager.insert(Fact, { value }))).toBeInstanceOf(OutcomeUnknownError)
  })

  it('goes on with another slave while one is away', async () => {
    const slaves = [credentials(slave), credentials(master)]
    const dataSource = await start(true, { slaves, canRetry: true })
    await leave(slave)
    for (let left = 8; left > 0; left -= 1) expect(await names(dataSource)).toEqual(['master'])
  })

  it('keeps what the application says of nodes that fail', async () => {
    const slaves = [credentials(slave), credentials(master)]
    const given = { slaves, canRetry: true, removeNodeErrorCount: 1, restoreNodeTimeout: 60_000 }
    const dataSource = await start(true, given)
    await leave(slave)
    for (let left = 3; left > 0; left -= 1) expect(await names(dataSource)).toEqual(['master'])
    const { journal } = proxies[slave] as ChaosProxy
    await (proxies[slave] as ChaosProxy).accept()
    journal.clear()
    for (let left = 6; left > 0; left -= 1) expect(await names(dataSource)).toEqual(['master'])
    expect(journal.connections).toEqual([])
  })

  it('asks no other node where canRetry is false, as with stock TypeORM', async () => {
    const slaves = [credentials(slave), credentials(master)]
    for (const isOurs of [false, true]) {
      const dataSource = await start(isOurs, { slaves, canRetry: false, selector: 'ORDER' }, hasty)
      await leave(slave)
      await failureOf(names(dataSource))
      await (proxies[slave] as ChaosProxy).accept()
    }
  })
})
