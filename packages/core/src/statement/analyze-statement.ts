import { administrationStatement, loadStatement, opaqueStatement, writeStatement } from './data-statement.js'
import {
  createStatement,
  definitionStatement,
  dropStatement,
  flushStatement,
  lockStatement,
  unlockStatement,
} from './definition-statement.js'
import { DraftFacts } from './draft-facts.js'
import {
  behindParentheses,
  explainStatement,
  plainRead,
  queryStatement,
  queryVerbs,
  showStatement,
} from './query-statement.js'
import {
  deallocateStatement,
  diagnosticsStatement,
  executeStatement,
  handlerStatement,
  prepareStatement,
  useStatement,
} from './session-statement.js'
import { setStatement, setStatementBody } from './set-statement.js'
import type { StatementTokens } from './statement-tokens.js'
import {
  beginStatement,
  commitStatement,
  releaseStatement,
  rollbackStatement,
  savepointStatement,
  startStatement,
  xaStatement,
} from './transaction-statement.js'

/** Fills in the facts; `false` or `'unknown'` when the statement is not written as its verb demands. */
type Analysis = (tokens: StatementTokens, facts: DraftFacts) => unknown

const analyses: ReadonlyMap<string, Analysis> = new Map<string, Analysis>([
  ['ALTER', definitionStatement],
  ['BACKUP', lockStatement],
  ['BEGIN', beginStatement],
  ['BINLOG', opaqueStatement],
  ['CACHE', definitionStatement],
  ['CALL', opaqueStatement],
  ['CHANGE', administrationStatement],
  ['CHECK', definitionStatement],
  ['CHECKSUM', plainRead],
  ['CLONE', writeStatement],
  ['COMMIT', commitStatement],
  ['CREATE', createStatement],
  ['DEALLOCATE', deallocateStatement],
  ['DELETE', writeStatement],
  ['DESC', explainStatement],
  ['DESCRIBE', explainStatement],
  ['DO', writeStatement],
  ['DROP', dropStatement],
  ['EXECUTE', executeStatement],
  ['EXPLAIN', explainStatement],
  ['FLUSH', flushStatement],
  ['GET', diagnosticsStatement],
  ['GRANT', definitionStatement],
  ['HANDLER', handlerStatement],
  ['HELP', plainRead],
  ['IMPORT', definitionStatement],
  ['INSERT', writeStatement],
  ['INSTALL', definitionStatement],
  ['KILL', writeStatement],
  ['LOAD', loadStatement],
  ['LOCK', lockStatement],
  ['OPTIMIZE', definitionStatement],
  ['PREPARE', prepareStatement],
  ['PURGE', administrationStatement],
  ['RELEASE', releaseStatement],
  ['RENAME', definitionStatement],
  ['REPAIR', definitionStatement],
  ['REPLACE', writeStatement],
  ['RESET', definitionStatement],
  ['RESIGNAL', writeStatement],
  ['RESTART', writeStatement],
  ['REVOKE', definitionStatement],
  ['ROLLBACK', rollbackStatement],
  ['SAVEPOINT', savepointStatement],
  ['SELECT', queryStatement],
  ['SHOW', showStatement],
  ['SHUTDOWN', writeStatement],
  ['SIGNAL', writeStatement],
  ['START', startStatement],
  ['STOP', administrationStatement],
  ['TABLE', queryStatement],
  ['TRUNCATE', definitionStatement],
  ['UNINSTALL', definitionStatement],
  ['UNLOCK', unlockStatement],
  ['UPDATE', writeStatement],
  ['USE', useStatement],
  ['VALUES', queryStatement],
  ['WITH', queryStatement],
  ['XA', xaStatement],
])

const tableMaintenance: ReadonlySet<string> = new Set(['TABLE', 'TABLES', 'LOCAL', 'NO_WRITE_TO_BINLOG'])

function analysisOf(tokens: StatementTokens, verb: string): Analysis | undefined {
  if (verb === 'ANALYZE') return tableMaintenance.has(tokens.word(1)) ? definitionStatement : explainStatement
  if (verb === 'SET') return tokens.word(1) === 'STATEMENT' ? setStatementFor : setStatement
  return analyses.get(verb)
}

/** SET STATEMENT … FOR: what its body does, with settings that last as long as the body. */
function setStatementFor(tokens: StatementTokens, facts: DraftFacts): boolean {
  const body = setStatementBody(tokens, facts)
  // A SET STATEMENT inside another one is not analysed further: the depth of a text has no bound.
  if (body === undefined || body.words(0, 'SET', 'STATEMENT')) return false
  const inner = analyzeStatement(body)
  facts.kind = inner.kind === 'read' ? 'read' : 'write'
  facts.multiple = true
  facts.include(inner)
  if (facts.restores.size > 0) {
    facts.restores.clear()
    facts.leaves.add('variable')
  }
  return true
}

/** The facts of a single statement. */
export function analyzeStatement(tokens: StatementTokens): DraftFacts {
  const facts = new DraftFacts()
  const first = behindParentheses(tokens, 0)
  const verb = tokens.word(first)
  const analysis = first === 0 || queryVerbs.has(verb) ? analysisOf(tokens, verb) : undefined
  if (analysis === undefined) {
    if (tokens.length > 0) opaqueStatement(tokens, facts)
    return facts
  }
  facts.verb = verb
  const outcome = analysis(tokens, facts)
  if (outcome !== false && outcome !== 'unknown') return facts
  const unknown = new DraftFacts()
  unknown.verb = verb
  unknown.include(facts)
  opaqueStatement(tokens, unknown)
  return unknown
}

/** The facts of a text: of its only statement, or of all of them taken together. */
export function analyzeText(tokens: StatementTokens): DraftFacts {
  const statements = tokens.split()
  const [only, ...more] = statements
  if (only === undefined) return new DraftFacts()
  const facts = analyzeStatement(only)
  if (more.length === 0) return facts
  const all = new DraftFacts()
  all.verb = facts.verb
  for (const one of [facts, ...more.map(analyzeStatement)]) all.include(one)
  all.multiple = true
  return all
}
