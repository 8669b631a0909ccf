import { analyzeText } from './analyze-statement.js'
import { DraftFacts } from './draft-facts.js'
import { harmlessStart, holdsHazard } from './hazards.js'
import { mergeFacts } from './merge-facts.js'
import type { QuotingModes } from './reading.js'
import type { StatementFacts } from './statement-facts.js'
import { tokenize } from './statement-tokens.js'
import { liveSurveys } from './survey.js'

/** The words of all annotations, in lower case, with single spaces between them. */
function annotationWords(annotations: readonly string[]): string | undefined {
  const words = annotations.flatMap(text => text.toLowerCase().split(/[\s,]+/)).filter(word => word !== '')
  return words.length === 0 ? undefined : [...new Set(words)].join(' ')
}

/** Of a text that can not be told apart into statements, or that every server refuses as a whole. */
function unknownFacts(mayLeave: boolean): DraftFacts {
  const facts = new DraftFacts()
  facts.multiple = true
  facts.opaque = true
  facts.readsSession = true
  if (mayLeave) facts.leaves.add('opaque')
  return facts
}

/** The facts of a text, found out anew. `statementFacts` remembers them. */
export function readFacts(sql: string, modes: QuotingModes): StatementFacts {
  const surveys = liveSurveys(sql, modes)
  if (surveys === 'unknown') return unknownFacts(harmlessStart(sql) < 0 || holdsHazard(sql)).freeze()
  if (surveys.length === 0) return unknownFacts(false).freeze()
  const readings = surveys.map(({ reading }) => {
    const { tokens, annotations } = tokenize(sql, reading)
    const facts = analyzeText(tokens)
    facts.comment = annotationWords(annotations)
    return facts
  })
  return mergeFacts(readings).freeze()
}
