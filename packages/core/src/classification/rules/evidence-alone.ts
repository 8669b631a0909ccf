import { accessRefused, linkLost, type Rule, type RuleGroup, statementFailed, unreachable } from '../rule.js'

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
      id: 'evidence.login-refused',
      match: { phase: 'connect', fromServer: true },
      verdict: accessRefused,
      note: 'The server has answered the login with an error that is not in this table: it is taken for final.',
      source: 'by definition',
    },
    {
      id: 'evidence.refused',
      match: { phase: 'connect' },
      verdict: unreachable,
      note: 'Connecting failed for a reason that is not in this table.',
      source: 'by definition',
    },
    {
      id: 'evidence.server-error',
      match: { fromServer: true, evidence: ['answered', 'partial-answer', 'no-answer'] },
      verdict: statementFailed,
      note: 'An ordinary error of a statement (1062, 1064 …). The server rolls back what a failed statement has done; an error packet is an answer, whatever else was seen.',
      source: 'by definition; MySQL manual, InnoDB error handling',
    },
    {
      id: 'evidence.answered',
      match: { evidence: ['answered'] },
      verdict: statementFailed,
      note: 'The same without a number.',
      source: 'by definition',
    },
    lastRule,
  ],
}
