import type { Connection } from 'mysql2'
import { expect, it } from 'vitest'
import { callbackSide, firstRow, onEveryServer } from './bed.js'

/** How code that knows mysql2's inside gives a connection up. */
type Inside = Connection & Record<string, (reason?: unknown) => void>

await onEveryServer(bed => {
  it.each(['protocolError', '_handleFatalError', '_handleTimeoutError'])(
    'mysql2’s own %s() on a session ends its link, not the process or the session',
    async name => {
      const session = await bed.connect()
      const threadId = session.threadId
      const inside = callbackSide(session) as Inside
      inside[name]?.(name === 'protocolError' ? 'a packet out of place' : new Error('the stream broke'))
      expect(await firstRow(session, 'SELECT 1 AS one')).toEqual({ one: 1 })
      expect(session.threadId).not.toBe(threadId)
    },
  )
})
