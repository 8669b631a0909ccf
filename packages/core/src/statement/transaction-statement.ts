import type { DraftFacts } from './draft-facts.js'
import type { TransactionVerb } from './statement-facts.js'
import type { StatementTokens } from './statement-tokens.js'
import { TokenKind } from './token.js'

type Outcome = 'known' | 'unknown'

function transaction(facts: DraftFacts, verb: TransactionVerb): Outcome {
  facts.kind = 'transaction'
  facts.transaction = verb
  return 'known'
}

function begin(facts: DraftFacts, plain: boolean): Outcome {
  facts.plainBegin = plain
  facts.implicitCommit = true
  return transaction(facts, 'begin')
}

/** Whether from `index` on only READ ONLY or READ WRITE are written, which a new transaction can repeat. */
function isAccessMode(tokens: StatementTokens, from: number): boolean {
  for (let index = from; index < tokens.length; index += 3) {
    if (!tokens.words(index, 'READ', 'ONLY') && !tokens.words(index, 'READ', 'WRITE')) return false
    if (index + 2 === tokens.length) return true
    if (tokens.kind(index + 2) !== TokenKind.comma) return false
  }
  return from >= tokens.length
}

/** BEGIN and BEGIN WORK; BEGIN NOT ATOMIC is a block, and so is BEGIN with anything else in sql_mode=ORACLE. */
export function beginStatement(tokens: StatementTokens, facts: DraftFacts): Outcome {
  const end = tokens.word(1) === 'WORK' ? 2 : 1
  if (tokens.length !== end) {
    facts.multiple = true
    return 'unknown'
  }
  return begin(facts, true)
}

/** START TRANSACTION; other things that start are administration. */
export function startStatement(tokens: StatementTokens, facts: DraftFacts): Outcome {
  if (tokens.word(1) === 'TRANSACTION') return begin(facts, isAccessMode(tokens, 2))
  facts.kind = 'write'
  facts.implicitCommit = true
  return 'known'
}

/** Reads [WORK] [AND [NO] CHAIN] [[NO] RELEASE] behind COMMIT or ROLLBACK. */
function endOfTransaction(tokens: StatementTokens, facts: DraftFacts, verb: TransactionVerb): Outcome {
  let index = tokens.word(1) === 'WORK' ? 2 : 1
  if (tokens.words(index, 'AND', 'CHAIN')) {
    // It begins another transaction: two statements in one.
    facts.multiple = true
    index += 2
  } else if (tokens.words(index, 'AND', 'NO', 'CHAIN')) index += 3
  if (tokens.words(index, 'NO', 'RELEASE')) index += 2
  else if (tokens.word(index) === 'RELEASE') index += 1
  return index === tokens.length ? transaction(facts, verb) : 'unknown'
}

/** COMMIT. */
export function commitStatement(tokens: StatementTokens, facts: DraftFacts): Outcome {
  return endOfTransaction(tokens, facts, 'commit')
}

/** ROLLBACK and ROLLBACK TO. */
export function rollbackStatement(tokens: StatementTokens, facts: DraftFacts): Outcome {
  const to = tokens.word(1) === 'WORK' ? 2 : 1
  if (tokens.word(to) !== 'TO') return endOfTransaction(tokens, facts, 'rollback')
  const name = tokens.word(to + 1) === 'SAVEPOINT' && tokens.length === to + 3 ? to + 2 : to + 1
  return tokens.length === name + 1 ? transaction(facts, 'rollback-to-savepoint') : 'unknown'
}

/** SAVEPOINT name. */
export function savepointStatement(tokens: StatementTokens, facts: DraftFacts): Outcome {
  return tokens.length === 2 ? transaction(facts, 'savepoint') : 'unknown'
}

/** RELEASE SAVEPOINT name. */
export function releaseStatement(tokens: StatementTokens, facts: DraftFacts): Outcome {
  const known = tokens.word(1) === 'SAVEPOINT' && tokens.length === 3
  return known ? transaction(facts, 'release-savepoint') : 'unknown'
}

const xaVerbs: ReadonlyMap<string, TransactionVerb> = new Map([
  ['START', 'xa-start'],
  ['BEGIN', 'xa-start'],
  ['END', 'xa-end'],
  ['PREPARE', 'xa-prepare'],
  ['COMMIT', 'xa-commit'],
  ['ROLLBACK', 'xa-rollback'],
])

/** XA of any kind; XA RECOVER only reads. */
export function xaStatement(tokens: StatementTokens, facts: DraftFacts): Outcome {
  if (tokens.word(1) === 'RECOVER') {
    facts.kind = 'read'
    return 'known'
  }
  const verb = xaVerbs.get(tokens.word(1))
  return verb === undefined ? 'unknown' : transaction(facts, verb)
}
