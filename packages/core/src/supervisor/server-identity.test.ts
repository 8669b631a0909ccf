import { describe, expect, it } from 'vitest'
import { compareServers, type ServerIdentity } from './server-identity.js'

const server: ServerIdentity = { uid: 'a', hostname: 'db1', port: 3306, serverId: 1, startedAtSeconds: 1_000 }

describe('compareServers', () => {
  it('knows a server again, whole seconds that tick at different moments included', () => {
    expect(compareServers(server, server)).toBe('same')
    expect(compareServers(server, { ...server, startedAtSeconds: 1_001 })).toBe('same')
    expect(compareServers({ hostname: 'db1', startedAtSeconds: 5 }, { ...server, startedAtSeconds: 5 })).toBe(
      'same',
    )
  })

  it('recognises a restart by the time of start', () => {
    expect(compareServers(server, { ...server, startedAtSeconds: 1_002 })).toBe('restarted')
    expect(compareServers(server, { ...server, startedAtSeconds: 990 })).toBe('restarted')
  })

  it.each(['uid', 'hostname', 'port', 'serverId'] as const)('tells another server by its %s', mark => {
    const value = typeof server[mark] === 'number' ? 99 : 'other'
    expect(compareServers(server, { ...server, [mark]: value })).toBe('other')
  })

  it('does not guess from too little', () => {
    expect(compareServers({}, {})).toBe('unknown')
    expect(compareServers(server, {})).toBe('unknown')
    const common = { port: 3306, serverId: 1, startedAtSeconds: 1_000 }
    expect(compareServers(common, common)).toBe('unknown')
    expect(compareServers({ uid: 'a' }, { uid: 'a' })).toBe('unknown')
  })
})
