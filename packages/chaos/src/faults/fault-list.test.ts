import { describe, expect, it } from 'vitest'
import { JournalBook } from '../journal/journal.js'
import type { JournalCommand } from '../journal/journal-records.js'
import type { CommandKind } from '../protocol/command.js'
import { cut, cutInsideAnswer } from './cuts.js'
import type { Fault } from './fault.js'
import { FaultList } from './fault-list.js'
import { injectError } from './replies.js'
import { atCommit, type Trigger } from './trigger.js'
import { silence } from './waits.js'

const journal = new JournalBook()
const [first, second] = [journal.addConnection(1), journal.addConnection(2)]

function command(kind: CommandKind, sql?: string, index = 1): JournalCommand {
  return journal.addCommand({ connection: first.id, index, kind, sql, statementId: undefined, bytes: 10 })
}

/** Which of the commands a trigger lets a fault strike at. */
function struck(trigger: Trigger, commands: readonly JournalCommand[], connection = first): number[] {
  const list = new FaultList(error => {
    throw error
  })
  list.add(cut(), trigger)
  return commands.flatMap((candidate, index) =>
    list.strike({ phase: 'command', connection, command: candidate }) ? [index] : [],
  )
}

const insert = 'INSERT INTO t VALUES (1)'
const traffic = [
  command('prepare', insert),
  command('execute', insert),
  command('query', insert),
  command('ping', undefined),
  command('query', 'COMMIT', 5),
  command('query', `${insert}; COMMIT`),
]

describe('fault list', () => {
  it('strikes once at the next command by default', () => {
    expect(struck({}, traffic)).toEqual([0])
  })

  it('strikes n times, or always', () => {
    expect(struck({ times: 2 }, traffic)).toEqual([0, 1])
    expect(struck({ times: 'always' }, traffic)).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('strikes from the nth occurrence on', () => {
    expect(struck({ nth: 3 }, traffic)).toEqual([2])
    expect(struck({ nth: 5, times: 'always' }, traffic)).toEqual([4, 5])
  })

  it('means commands that execute SQL when it matches a text', () => {
    expect(struck({ match: /INSERT/, times: 'always' }, traffic)).toEqual([1, 2, 5])
    expect(struck({ match: /INSERT/, kind: 'prepare', times: 'always' }, traffic)).toEqual([0])
    expect(struck({ match: /INSERT/, kind: 'any', times: 'always' }, traffic)).toEqual([0, 1, 2, 5])
  })

  it('matches every time with a sticky or global pattern', () => {
    expect(struck({ match: /INSERT/gy, times: 'always' }, traffic)).toEqual([1, 2, 5])
  })

  it('matches by predicate, kind, place on the connection and connection', () => {
    expect(struck({ match: ({ sql }) => sql?.length === 6 }, traffic)).toEqual([4])
    expect(struck({ kind: ['ping', 'prepare'], times: 2 }, traffic)).toEqual([0, 3])
    expect(struck({ command: 5, times: 'always' }, traffic)).toEqual([4])
    expect(struck({ connection: 2, times: 'always' }, traffic)).toEqual([])
    expect(struck({ connection: 2 }, traffic, second)).toEqual([0])
  })

  it('strikes at COMMIT, also one inside a text if told so', () => {
    expect(struck(atCommit({ times: 'always' }), traffic)).toEqual([4])
    expect(struck(atCommit({ anywhere: true, times: 'always' }), traffic)).toEqual([4, 5])
  })

  it('lets the fault injected first strike, and the next one at the next occurrence', () => {
    const list = new FaultList(() => {})
    const [one, two] = [cut(), silence()]
    list.add(one, {})
    list.add(two, {})
    const at = (): Fault | undefined =>
      list.strike({ phase: 'command', connection: first, command: command('ping') })
    expect([at(), at(), at()]).toEqual([one, two, undefined])
  })

  it('notes what was hit, and strikes no more when removed', () => {
    const list = new FaultList(() => {})
    const injection = list.add(cut(), { times: 'always' })
    const ping = command('ping')
    list.strike({ phase: 'command', connection: first, command: ping })
    list.remove(injection)
    expect(list.strike({ phase: 'command', connection: first, command: ping })).toBeUndefined()
    expect(injection.hits).toEqual([{ connection: first, command: ping }])
  })

  it('keeps the phases apart', () => {
    const list = new FaultList(() => {})
    list.add(cut(), { phase: 'connect' })
    expect(list.strike({ phase: 'command', connection: first, command: command('ping') })).toBeUndefined()
    expect(list.strike({ phase: 'connect', connection: first })).toEqual(cut())
  })

  it('reports what a predicate throws, and takes it for no match', () => {
    const errors: unknown[] = []
    const list = new FaultList(error => errors.push(error))
    const bug = new Error('bug')
    list.add(cut(), {
      match: () => {
        throw bug
      },
    })
    expect(
      list.strike({ phase: 'command', connection: first, command: command('query', 'a') }),
    ).toBeUndefined()
    expect(errors).toEqual([bug])
  })

  it.each<[Fault, unknown, string]>([
    [cut(), { fase: 'connect' }, "trigger: there is no option 'fase'"],
    [
      cut(),
      { phase: 'lunch' },
      "trigger: option 'phase' must be one of 'connect', 'login', 'command', 'idle', 'stream'",
    ],
    [cut(), { times: 0 }, "trigger: option 'times' must be a whole number from 1, or 'always', not 0"],
    [cut(), { match: 'INSERT' }, "trigger: option 'match' must be a RegExp or a function, not 'INSERT'"],
    [cut(), { kind: ['querry'] }, "trigger: option 'kind' must be one of 'any', 'quit'"],
    [cut(), { kind: 'login' }, "trigger: option 'kind' must be one of 'any', 'quit'"],
    [cut(), { phase: 'idle', match: /x/ }, "trigger: option 'match' goes with phase 'command', not 'idle'"],
    [cut(), { idleMs: 5 }, "trigger: option 'idleMs' goes with phase 'idle', not 'command'"],
    [cut(), { afterBytes: 5 }, "trigger: option 'afterBytes' goes with phase 'stream', not 'command'"],
    [
      cutInsideAnswer({ afterRows: 1 }),
      { phase: 'connect' },
      "fault 'cutInsideAnswer' cannot strike in phase 'connect'",
    ],
    [injectError({ errno: 1 }), { phase: 'stream' }, "fault 'injectError' cannot strike in phase 'stream'"],
    [{ kind: 'cutt' } as never, {}, 'inject: the fault must be made by one of cut, '],
  ])('a wrong trigger is refused by name (%#)', (fault, trigger, message) => {
    const list = new FaultList(() => {})
    expect(() => list.add(fault, trigger as Trigger)).toThrow(message)
  })
})
