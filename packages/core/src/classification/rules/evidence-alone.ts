import { linkLost, type Rule, type RuleGroup, statementFailed, unreachable } from '../rule.js'

/** Holds for everything. */
export const lastRule: Rule = {
  id: 'evidence.lost',
  match: {},
  verdict: linkLost,
  note: 'No answer came whole, for a reason that is not in this table.',
  source: 'by definition',
}

/** What is left: nothing is known of the error, only of what happened. */
export const evidenceAlone: RuleGroup = {
  title: 'Nothing but the evidence',
  intro: 'For errors that no rule above knows. One of these always holds.',
  rules: [
    {
      id: 'evidence.refused',
      match: { phase: 'connect' },
      verdict: unreachable,
      note: 'Connecting failed for a reason that is not in this table.',
      source: 'by definition',
    },
    {
      id: 'evidence.answered',
      match: { evidence: ['answered'] },
      verdict: statementFailed,
      note: 'An answer without a number: as any other error of the server.',
      source: 'by definition',
    },
    lastRule,
  ],
}
