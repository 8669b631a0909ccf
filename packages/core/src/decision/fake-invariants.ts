import type { Decision, DecisionInput } from './decision.js'

/** What must hold of every decision, told independently of the table. Each returns true when it is kept. */
export interface Invariant {
  readonly says: string
  readonly holds: (input: DecisionInput, decision: Decision) => boolean
}

const sendsAgain = ({ action }: Decision): boolean => action === 'reopen-and-resend' || action === 'verify'
const mayHaveRun = ({ verdict }: DecisionInput): boolean => verdict.executed !== 'no'
const words = ({ facts }: DecisionInput): readonly string[] => facts.comment?.split(' ') ?? []

const isDeclared = (input: DecisionInput): boolean =>
  input.annotation.idempotent === true ||
  (input.annotation.idempotent === undefined && words(input).includes('idempotent'))

const isForbidden = (input: DecisionInput): boolean =>
  input.annotation.retry === false || words(input).includes('no-retry')

/** Its whole effect was on the link that is lost. */
const isGoneWithItsLink = ({ facts, session }: DecisionInput): boolean => {
  if (session.transaction !== 'none' || facts.multiple || facts.opaque) return false
  if (facts.transaction === 'begin' || facts.transaction === 'set-transaction') return true
  return facts.kind === 'session' && facts.restores.length === 1 && facts.leaves.length === 0
}

const isSingleRollback = ({ facts }: DecisionInput): boolean =>
  facts.transaction === 'rollback' && !facts.multiple

const mayEndTransaction = ({ facts }: DecisionInput): boolean =>
  facts.multiple ||
  facts.implicitCommit ||
  facts.verb === 'CALL' ||
  facts.verb === '' ||
  facts.transaction === 'commit' ||
  facts.transaction === 'xa-commit' ||
  facts.transaction === 'xa-prepare'

export const invariants: readonly Invariant[] = [
  {
    says: 'what may have run is sent again only if it is a session-independent read, was declared, or went with its link',
    holds: (input, decision) =>
      decision.action !== 'reopen-and-resend' ||
      !mayHaveRun(input) ||
      (input.facts.resendable && input.policy.reads !== 'annotated') ||
      isDeclared(input) ||
      isGoneWithItsLink(input),
  },
  {
    says: 'verify is asked only of the caller who gave it, and only in doubt',
    holds: (input, { action }) =>
      action !== 'verify' || (input.annotation.verify !== undefined && input.verdict.executed === 'unknown'),
  },
  {
    says: 'nothing is sent again in a transaction in which anything may have been done',
    holds: (input, decision) =>
      !sendsAgain(decision) ||
      input.session.transaction === 'none' ||
      (input.session.transaction === 'clean' && !mayHaveRun(input)),
  },
  {
    says: 'a transaction is reopened if and only if it is clean',
    holds: ({ session }, decision) =>
      decision.action !== 'reopen-and-resend' ||
      decision.reopenTransaction === (session.transaction === 'clean'),
  },
  {
    says: 'a poisoned session lets ROLLBACK through and nothing else',
    holds: (input, decision) =>
      input.session.transaction !== 'poisoned' ||
      (isSingleRollback(input)
        ? decision.action === 'resolve'
        : decision.action === 'fail' && decision.error === 'lost-transaction' && decision.executed === 'no'),
  },
  {
    says: 'only ROLLBACK resolves',
    holds: (input, { action }) => action !== 'resolve' || isSingleRollback(input),
  },
  {
    says: 'delivered rows never start over',
    holds: ({ delivered }, decision) => !delivered || !sendsAgain(decision),
  },
  {
    says: 'retry: false sends nothing a second time',
    holds: (input, decision) =>
      !isForbidden(input) ||
      !sendsAgain(decision) ||
      (input.attempt === 0 &&
        ['queued-never-sent', 'dead-before-send', 'refused'].includes(input.verdict.evidence)),
  },
  {
    says: 'a spent budget sends nothing again that may have run',
    holds: (input, decision) => input.budget === 'available' || !mayHaveRun(input) || !sendsAgain(decision),
  },
  {
    says: 'nothing is sent again when time is over',
    holds: ({ remainingMs }, decision) => remainingMs > 0 || !sendsAgain(decision),
  },
  {
    says: 'nothing that was sent is sent again when the attempts are spent',
    holds: (input, decision) =>
      input.attempt < input.policy.maxAttempts || !mayHaveRun(input) || !sendsAgain(decision),
  },
  {
    says: 'a session with baggage and a statement that reads session state get no other link',
    holds: ({ session, facts }, decision) =>
      (session.baggage.length === 0 && !facts.readsSession) || !sendsAgain(decision),
  },
  {
    says: 'no error claims that nothing ran when something may have',
    holds: (input, decision) =>
      decision.action !== 'fail' ||
      decision.executed !== 'no' ||
      !mayHaveRun(input) ||
      input.session.transaction === 'poisoned',
  },
  {
    says: 'a transaction is called rolled back only if its end was not under way',
    holds: (input, decision) =>
      decision.action !== 'fail' ||
      decision.outcome !== 'rolled-back' ||
      input.session.transaction === 'poisoned' ||
      (input.session.transaction !== 'prepared' &&
        (!mayHaveRun(input) ||
          !mayEndTransaction(input) ||
          (input.session.transaction === 'clean' &&
            ['commit', 'begin', 'xa-start'].includes(input.facts.transaction ?? '')))),
  },
  {
    says: 'a write in doubt outside a transaction is never passed off as a mere loss',
    holds: ({ session, facts, verdict }, decision) =>
      decision.action !== 'fail' ||
      decision.error !== 'lost-connection' ||
      session.transaction !== 'none' ||
      verdict.executed !== 'unknown' ||
      (facts.kind !== 'write' && facts.kind !== 'ddl'),
  },
  {
    says: 'a lost link is never returned as an ordinary error',
    holds: ({ verdict, session }, { action }) =>
      action !== 'return' ||
      verdict.link === 'usable' ||
      (verdict.link === 'wrong-server' && verdict.transaction === 'kept') ||
      // The link to a server that takes no writes is sound, and nothing has been done on it.
      (verdict.kind === 'wrong-server' &&
        verdict.evidence === 'answered' &&
        ['none', 'clean'].includes(session.transaction)) ||
      ['application', 'unrelated', 'conflict', 'statement-stopped', 'access-refused'].includes(verdict.kind),
  },
  {
    says: 'packets that are too large, refused logins, deadlines and ordinary errors are never sent again',
    holds: ({ verdict }, decision) =>
      !['packet-too-large', 'access-refused', 'deadline', 'application', 'unrelated', 'conflict'].includes(
        verdict.kind,
      ) || !sendsAgain(decision),
  },
  {
    says: 'an outcome is told of lost transactions and of nothing else',
    holds: (_, decision) =>
      decision.action !== 'fail' ||
      (decision.outcome !== undefined) === (decision.error === 'lost-transaction'),
  },
]

/** The invariants that a decision breaks. */
export const broken = (input: DecisionInput, decision: Decision): string[] =>
  invariants.filter(({ holds }) => !holds(input, decision)).map(({ says }) => says)
