import type { JournalCommand, JournalConnection } from '../journal/journal-records.js'
import type { Fault } from './fault.js'
import { selectCommands } from './selector.js'
import { checkTrigger, type Phase, type Trigger } from './trigger.js'

/** What a fault struck. */
export interface Hit {
  /** The connection that was hit. */
  readonly connection: JournalConnection
  /** Undefined outside a command. */
  readonly command: JournalCommand | undefined
}

/** Something that may trigger a fault. */
export interface Occurrence {
  readonly phase: Phase
  readonly connection: JournalConnection
  readonly command?: JournalCommand
}

/** A fault that waits for its trigger. */
export interface Injection {
  readonly fault: Fault
  readonly trigger: Trigger
  readonly phase: Phase
  readonly hits: readonly Hit[]
}

interface Entry extends Injection {
  readonly hits: Hit[]
  readonly chosen: (command: JournalCommand) => boolean
  seen: number
}

/** The faults of a proxy, in the order of their injection. The first one that an occurrence triggers strikes. */
export class FaultList {
  #entries: Entry[] = []
  readonly #onPredicateError: (error: unknown) => void

  constructor(onPredicateError: (error: unknown) => void) {
    this.#onPredicateError = onPredicateError
  }

  /** @throws TypeError if the trigger is wrong. */
  add(fault: Fault, trigger: Trigger): Injection {
    checkTrigger(fault, trigger)
    const entry: Entry = {
      fault,
      trigger,
      phase: trigger.phase ?? 'command',
      hits: [],
      chosen: selectCommands(trigger.match, trigger.kind),
      seen: 0,
    }
    this.#entries.push(entry)
    return entry
  }

  remove(injection: Injection): void {
    this.#entries = this.#entries.filter(entry => entry !== injection)
  }

  /** Removes all and returns them. */
  clear(): readonly Injection[] {
    const removed = this.#entries
    this.#entries = []
    return removed
  }

  /** Faults that could still strike in this phase on this connection. */
  pending(phase: Phase, connection: JournalConnection): readonly Injection[] {
    return this.#entries.filter(entry => entry.phase === phase && concerns(entry, connection))
  }

  /** Counts an occurrence for the faults that it concerns; the one that it triggers, if any. */
  strike(occurrence: Occurrence): Fault | undefined {
    for (const entry of [...this.#entries]) {
      if (this.#matches(entry, occurrence) && this.count(entry, occurrence)) return entry.fault
    }
    return undefined
  }

  /** Counts an occurrence for one fault: whether that triggers it. */
  count(injection: Injection, occurrence: Occurrence): boolean {
    const entry = this.#entries.find(candidate => candidate === injection)
    if (!entry) return false
    entry.seen++
    const { nth = 1, times = 1 } = entry.trigger
    if (entry.seen < nth) return false
    entry.hits.push({ connection: occurrence.connection, command: occurrence.command })
    if (times !== 'always' && entry.hits.length >= times) this.remove(entry)
    return true
  }

  #matches(entry: Entry, { phase, connection, command }: Occurrence): boolean {
    if (entry.phase !== phase || !concerns(entry, connection)) return false
    if (!command || phase !== 'command') return true
    if (entry.trigger.command !== undefined && entry.trigger.command !== command.index) return false
    try {
      return entry.chosen(command)
    } catch (error) {
      this.#onPredicateError(error)
      return false
    }
  }
}

function concerns(entry: Entry, connection: JournalConnection): boolean {
  return entry.trigger.connection === undefined || entry.trigger.connection === connection.id
}
