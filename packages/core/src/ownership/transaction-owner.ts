import {
  carryToken,
  claimToken,
  currentToken,
  isWithin,
  leaveToken,
  type OwnershipToken,
} from './ownership-token.js'

/**
 * How the flow that issues a statement is related to the open transaction. `own`: it began it, or goes back to a flow that did.
 * `foreign`: it has begun another transaction. `none`: nothing is known, as in callbacks, which run in their socket's context.
 */
export type OwnershipRelation = 'own' | 'foreign' | 'none'

/** A statement was issued into a transaction that belongs to another flow of the program. */
export interface OwnershipViolation {
  /** `none` only in a strict session; see `TransactionOwner.check`. */
  readonly relation: Exclude<OwnershipRelation, 'own'>
  /** Where the transaction was begun: the frames, one a line. `''` where `begin` was told not to keep them. */
  readonly ownerStack: string
  /** Where the statement was issued. */
  readonly otherStack: string
}

/** What `Error.captureStackTrace` fills; V8 makes the text only when it is read. */
interface Trace {
  readonly stack?: string
}

/** Drivers and ORMs put a dozen frames of their own above the caller's; V8 keeps ten. */
const FRAMES = 24

const traceOf = (above: (...args: never[]) => unknown): Trace => {
  const trace: Trace = {}
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = Math.max(stackTraceLimit, FRAMES)
  Error.captureStackTrace(trace, above)
  Error.stackTraceLimit = stackTraceLimit
  return trace
}

const framesOf = ({ stack = '' }: Trace): string => stack.slice(stack.indexOf('\n') + 1)

interface Ownership {
  readonly token: OwnershipToken
  readonly trace: Trace
  /** Whether the flow that began it carries the token at all. */
  readonly isEntered: boolean
  /** Of the transaction of the same session that this one ended by an implicit commit, while its owner may still believe in it. */
  readonly displaced: OwnershipToken | undefined
}

/**
 * Knows which flow of the program owns the open transaction of one session. All calls are made when a statement is issued, in
 * the flow that issues it, not when it is sent or answered. Costs one look into an AsyncLocalStorage for each statement in a transaction.
 * Where flows are not told apart in the process (see `followFlows`) it knows no owners.
 */
export class TransactionOwner {
  #ownership: Ownership | undefined = undefined
  #isProven = false
  #wasOwn = false

  /** Whether a transaction with an owner is open. */
  get isActive(): boolean {
    return this.#ownership !== undefined
  }

  /**
   * BEGIN is issued: the transaction belongs to the flow that does.
   *
   * @param isTraced - keep where. It costs some microseconds, which are felt where transactions are many. Default `true`.
   */
  begin(isTraced = true): void {
    const before = this.#ownership
    let parent = currentToken()
    if (before !== undefined) {
      // A session has one transaction at a time: the new one is not begun within the old one but in its stead.
      if (parent === before.token) parent = before.token.parent
      if (before.displaced !== undefined) before.displaced.isOver = true
    }
    const claimed = claimToken()
    const token: OwnershipToken = claimed ?? { parent, isOver: false }
    const isEntered = claimed !== undefined || carryToken(token)
    // Nobody could be told from its owner, and there is no other transaction that it ends.
    if (!isEntered && before === undefined) return
    const trace = isTraced ? traceOf(this.begin) : {}
    this.#ownership = { token, trace, isEntered, displaced: before?.token }
    this.#isProven = false
    this.#wasOwn = false
  }

  /** How the flow that asks is related to the transaction; `none` without one. */
  relation(): OwnershipRelation {
    const ownership = this.#ownership
    if (ownership === undefined || !ownership.isEntered) return 'none'
    const mine = currentToken()
    if (mine === undefined) return 'none'
    if (isWithin(mine, ownership.token)) return 'own'
    return isWithin(ownership.token, mine) ? 'none' : 'foreign'
  }

  /**
   * A statement is issued into the transaction, be it COMMIT or ROLLBACK. A foreign flow is a violation in a strict session, and in
   * one of a pool once the owner's flow has been seen to carry its token: where it does not, a library has begun the
   * transaction in an inner function, and the owner may come from anywhere. A flow of which nothing is known is one only in a
   * strict session whose owner has been seen.
   *
   * @param isStrict - the session was not checked out of a pool, so nothing but its flow tells who uses it.
   * @param isBusy - statements are under way on the session. With `false` a flow of which nothing is known is let through: it
   * may well be the owner's, come back from the function in which it began. Default `true`.
   */
  check(isStrict: boolean, isBusy = true): OwnershipViolation | undefined {
    const relation = this.relation()
    if (relation === 'own') {
      this.#isProven = true
      this.#wasOwn = true
      return undefined
    }
    if (relation === 'none' && !(isStrict && isBusy && this.#isProven && this.#wasOwn)) {
      this.#wasOwn = false
      return undefined
    }
    if (!isStrict && !this.#isProven) return undefined
    const trace = traceOf(this.check)
    return {
      relation,
      ownerStack: framesOf(this.#ownership?.trace ?? {}),
      otherStack: framesOf(trace),
    }
  }

  /** COMMIT or ROLLBACK is issued by the owner, or the transaction was lost, or the session goes back to its pool. */
  end(): void {
    if (this.#ownership === undefined) return
    const { token, displaced } = this.#ownership
    token.isOver = true
    if (displaced !== undefined) displaced.isOver = true
    leaveToken(token)
    this.#ownership = undefined
  }
}
