import {
  type Check,
  checkOptions,
  duration,
  oneOf,
  optional,
  ordinal,
  wholeNumber,
} from '../check-options.js'
import type { JournalCommand } from '../journal/journal-records.js'
import { commandKinds } from '../protocol/command.js'
import { containsCommit, isCommit } from './commit-text.js'
import type { Fault } from './fault.js'
import type { CommandMatch, KindChoice } from './selector.js'

/** Where in a connection's life a fault strikes. */
export type Phase = 'connect' | 'login' | 'command' | 'idle' | 'stream'

/** When a fault strikes. All conditions given must hold; each has a default that always holds. */
export interface Trigger {
  /**
   * `connect`: a client has connected, the server is not yet asked; `login`: the client's first packet (with TLS, its
   * wish for it); `command`: a command has arrived; `idle`: no answer is owed; `stream`: bytes have crossed, known
   * borders or not.
   * @defaultValue 'command'
   */
  readonly phase?: Phase
  /** Id of the connection, as in the journal: the nth opened since the proxy started, from 1. */
  readonly connection?: number
  /** The nth command on its connection, from 1. The login does not count. */
  readonly command?: number
  /**
   * Kind of command.
   * @defaultValue with `match`, the kinds that execute SQL (query, execute, bulk-execute), else all
   */
  readonly kind?: KindChoice
  /** SQL text (of the prepare, for an execute), or a predicate. */
  readonly match?: CommandMatch
  /**
   * The nth occurrence that meets the other conditions since the injection, from 1.
   * @defaultValue 1
   */
  readonly nth?: number
  /**
   * How often, from the nth occurrence on.
   * @defaultValue 1
   */
  readonly times?: number | 'always'
  /**
   * With `idle`: how long the connection has been idle, in milliseconds.
   * @defaultValue 0
   */
  readonly idleMs?: number
  /**
   * With `stream`: how many bytes have crossed on the connection since it opened, or, with `afterPackets`, behind
   * that border.
   * @defaultValue 0
   */
  readonly afterBytes?: number
  /**
   * With `stream`: how many whole packets have crossed on the connection since it opened, greeting and login among
   * them. The fault strikes as soon as the last byte of the last one has; with 0, before the first byte. Not with TLS
   * or compression, where borders cannot be seen.
   */
  readonly afterPackets?: number
  /**
   * With `stream`: which direction is counted.
   * @defaultValue 'to-client'
   */
  readonly direction?: 'to-server' | 'to-client'
}

const phases = ['connect', 'login', 'command', 'idle', 'stream'] as const

const faultsInPhase: Readonly<Record<Phase, readonly Fault['kind'][]>> = {
  connect: ['cut', 'silence', 'slow', 'delay', 'hold', 'freeze', 'injectError', 'garbage'],
  login: [
    'cut',
    'cutAfterForward',
    'cutInsideRequest',
    'silence',
    'slow',
    'delay',
    'hold',
    'freeze',
    'injectError',
    'garbage',
  ],
  command: [
    'cut',
    'cutAfterForward',
    'cutInsideRequest',
    'cutInsideAnswer',
    'silence',
    'slow',
    'delay',
    'hold',
    'freeze',
    'injectError',
    'garbage',
  ],
  idle: ['cut', 'silence', 'slow', 'freeze', 'injectError', 'garbage'],
  stream: ['cut', 'silence', 'slow', 'delay', 'hold', 'freeze', 'garbage'],
}

const onlyCommand = ['command', 'kind', 'match'] as const

const times: Check = value =>
  value === 'always' ? undefined : ordinal(value) && "a whole number from 1, or 'always'"
const kind: Check = value => {
  const isKind = oneOf('any', ...commandKinds.filter(name => name !== 'login'))
  const wrong = Array.isArray(value) ? value.map(isKind).find(Boolean) : isKind(value)
  return wrong && `${wrong}, or an array of them`
}
const match: Check = value =>
  value instanceof RegExp || typeof value === 'function' ? undefined : 'a RegExp or a function'

const triggerChecks: Readonly<Record<keyof Trigger, Check>> = {
  phase: optional(oneOf(...phases)),
  connection: optional(ordinal),
  command: optional(ordinal),
  kind: optional(kind),
  match: optional(match),
  nth: optional(ordinal),
  times: optional(times),
  idleMs: optional(duration),
  afterBytes: optional(wholeNumber),
  afterPackets: optional(wholeNumber),
  direction: optional(oneOf('to-server', 'to-client')),
}

/**
 * Refuses a trigger that is wrong in itself or does not go with the fault.
 * @throws TypeError
 */
export function checkTrigger(fault: Fault, trigger: Trigger): void {
  if (!faultsInPhase.command.includes(fault?.kind)) {
    throw new TypeError(`inject: the fault must be made by one of ${faultsInPhase.command.join(', ')}`)
  }
  checkOptions('trigger', trigger, triggerChecks)
  const phase = trigger.phase ?? 'command'
  if (!faultsInPhase[phase].includes(fault.kind)) {
    throw new TypeError(
      `trigger: fault '${fault.kind}' cannot strike in phase '${phase}'; choices: ${faultsInPhase[phase].join(', ')}`,
    )
  }
  const misplaced: [key: keyof Trigger, phase: Phase][] = [
    ...onlyCommand.map((key): [keyof Trigger, Phase] => [key, 'command']),
    ['idleMs', 'idle'],
    ['afterBytes', 'stream'],
    ['afterPackets', 'stream'],
    ['direction', 'stream'],
  ]
  for (const [key, only] of misplaced) {
    if (trigger[key] === undefined || phase === only) continue
    throw new TypeError(`trigger: option '${key}' goes with phase '${only}', not '${phase}'`)
  }
}

/**
 * A trigger that matches a COMMIT (also XA COMMIT), sent as a query or executed.
 * @throws TypeError if an option is unknown or wrong.
 */
export function atCommit(
  options: Pick<Trigger, 'connection' | 'nth' | 'times'> & {
    /**
     * Also match a COMMIT that is one of several statements in a text, or stands in a compound statement.
     * @defaultValue false
     */
    readonly anywhere?: boolean
  } = {},
): Trigger {
  const { anywhere = false, ...rest } = options
  checkOptions('atCommit', options, {
    anywhere: optional(oneOf(true, false)),
    connection: optional(ordinal),
    nth: optional(ordinal),
    times: optional(times),
  })
  const found = anywhere ? containsCommit : isCommit
  return { ...rest, match: (command: JournalCommand) => found(command.sql ?? '') }
}
