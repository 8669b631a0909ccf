import type {
  BaggageKind,
  RestorableChange,
  StatementFacts,
  StatementKind,
  TransactionVerb,
} from './statement-facts.js'

/** Statement facts while they are being found out. Begins as the most cautious kind. */
export class DraftFacts {
  kind: StatementKind = 'write'
  verb = ''
  transaction: TransactionVerb | undefined
  plainBegin = false
  multiple = false
  readsSession = false
  locking = false
  opaque = false
  implicitCommit = false
  comment: string | undefined
  readonly leaves: Set<BaggageKind> = new Set()
  readonly clears: Set<BaggageKind> = new Set()
  /** By key, in the order in which they take effect. */
  readonly restores: Map<string, RestorableChange> = new Map()

  restore(key: string, sql: string): void {
    this.restores.delete(key)
    this.restores.set(key, { key, sql })
  }

  /** Takes over what another part of the same text leads to. */
  include(other: DraftFacts): void {
    this.readsSession ||= other.readsSession
    this.locking ||= other.locking
    this.opaque ||= other.opaque
    this.implicitCommit ||= other.implicitCommit
    this.multiple ||= other.multiple
    for (const kind of other.leaves) this.leaves.add(kind)
    for (const { key, sql } of other.restores.values()) this.restore(key, sql)
  }

  freeze(): StatementFacts {
    const { kind, verb, transaction, plainBegin, multiple, readsSession, locking, opaque } = this
    const facts: StatementFacts = {
      kind,
      verb,
      plainBegin,
      multiple,
      readsSession,
      locking,
      opaque,
      implicitCommit: this.implicitCommit,
      leaves: Object.freeze([...this.leaves]),
      restores: Object.freeze([...this.restores.values()].map(change => Object.freeze(change))),
      clears: Object.freeze([...this.clears].filter(cleared => !this.leaves.has(cleared))),
      resendable: kind === 'read' && !multiple && !readsSession && !locking && !opaque,
      ...(transaction === undefined ? {} : { transaction }),
      ...(this.comment === undefined ? {} : { comment: this.comment }),
    }
    return Object.freeze(facts)
  }
}
