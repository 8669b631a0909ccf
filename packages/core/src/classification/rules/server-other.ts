import { accessRefused, type RuleGroup, statementFailed } from '../rule.js'

/** Error packets with any other number. */
export const serverOther: RuleGroup = {
  title: 'Anything else that the server says',
  intro:
    "Asked before the words of an error are: those of an error packet may be the application's own, as in SIGNAL.",
  rules: [
    {
      id: 'server.other.login',
      match: { phase: 'connect', fromServer: true },
      verdict: accessRefused,
      note: 'The server has answered the login with an error that is not in this table: it is taken for final.',
      source: 'by definition',
    },
    {
      id: 'server.other',
      match: { fromServer: true, evidence: ['answered', 'partial-answer', 'no-answer'] },
      verdict: statementFailed,
      note: 'An ordinary error of a statement (1062, 1064 …). The server rolls back what a failed statement has done; an error packet is an answer, whatever else was seen.',
      source: 'by definition; MySQL manual, InnoDB error handling',
    },
  ],
}
