import type { DraftFacts } from './draft-facts.js'
import { literalBetween } from './literal.js'
import { inspect } from './session-dependence.js'
import { isRepeatable, nextTransactionOnly, variableKey } from './session-variables.js'
import type { StatementTokens } from './statement-tokens.js'
import { TokenKind } from './token.js'

const globalScopes: ReadonlySet<string> = new Set(['GLOBAL', 'PERSIST', 'PERSIST_ONLY'])
const sessionScopes: ReadonlySet<string> = new Set(['SESSION', 'LOCAL'])

/** What an assignment is made to. */
interface Target {
  /** In lower case; `undefined` for a name of several parts. */
  readonly name: string | undefined
  readonly scope: 'session' | 'global' | 'unsure'
  /** Written as `@@name`, with no scope. */
  readonly bare: boolean
  /** The index behind it. */
  readonly end: number
}

const plainName = /^\w+$/

function nameAt(tokens: StatementTokens, index: number): string | undefined {
  const { kind, text } = tokens.at(index)
  if (kind !== TokenKind.word && kind !== TokenKind.quoted) return undefined
  return plainName.test(text) ? text.toLowerCase() : undefined
}

/** A target of the form `@@name` or `@@scope.name`. */
function systemVariable(tokens: StatementTokens, at: number): Target {
  const text = tokens.at(at).text.slice(2)
  if (tokens.kind(at + 1) !== TokenKind.dot) {
    const name = text.replaceAll('`', '').toLowerCase()
    return { name: plainName.test(name) ? name : undefined, scope: 'session', bare: true, end: at + 1 }
  }
  const longer = tokens.kind(at + 3) === TokenKind.dot
  const name = longer ? undefined : nameAt(tokens, at + 2)
  const end = at + (longer ? 5 : 3)
  if (globalScopes.has(text)) return { name, scope: 'global', bare: false, end }
  if (sessionScopes.has(text)) return { name, scope: 'session', bare: false, end }
  return { name: undefined, scope: 'unsure', bare: false, end }
}

/** A target of the form `name`, under the last scope that the statement has named. */
function plainVariable(tokens: StatementTokens, at: number, scope: string | undefined): Target {
  const structured = tokens.kind(at + 1) === TokenKind.dot
  const name = structured ? undefined : nameAt(tokens, at)
  const end = at + (structured ? 3 : 1)
  if (scope === undefined || sessionScopes.has(scope)) return { name, scope: 'session', bare: false, end }
  // Behind an earlier GLOBAL servers take either scope.
  return { name, scope: 'unsure', bare: false, end }
}

function assignVariable(tokens: StatementTokens, facts: DraftFacts, target: Target, to: number): void {
  const { name, scope, bare } = target
  const from = target.end + 1
  inspect(tokens, facts, from, to)
  if (scope === 'global') {
    facts.kind = 'write'
    return
  }
  const value = literalBetween(tokens, from, to)
  if (value === undefined) {
    facts.opaque = true
    facts.leaves.add('opaque')
  }
  if (name === 'autocommit') {
    assignAutocommit(facts, scope === 'session' ? value : undefined)
    return
  }
  const once = bare && name !== undefined && nextTransactionOnly.has(variableKey(name))
  if (value === undefined || name === undefined || scope === 'unsure' || once || !isRepeatable(name)) {
    facts.leaves.add('variable')
    // What an earlier assignment of the same statement would restore is no longer the variable's value.
    if (name !== undefined) facts.restores.delete(variableKey(name))
  } else facts.restore(variableKey(name), `SET SESSION ${name} = ${value}`)
}

const on: ReadonlySet<string> = new Set(['1', 'ON', 'TRUE'])
const off: ReadonlySet<string> = new Set(['0', 'OFF', 'FALSE'])

function assignAutocommit(facts: DraftFacts, value: string | undefined): void {
  const setting = value?.replaceAll("'", '').toUpperCase() ?? ''
  if (off.has(setting)) facts.leaves.add('autocommit-off')
  else if (on.has(setting)) {
    facts.implicitCommit = true
    facts.clears.add('autocommit-off')
  } else {
    facts.implicitCommit = true
    facts.leaves.add('autocommit-off')
  }
}

/** NAMES x COLLATE y, which sets three variables at once. */
function names(tokens: StatementTokens, facts: DraftFacts, from: number, to: number): void {
  const collated = tokens.word(from + 2) === 'COLLATE'
  const charset = literalBetween(tokens, from + 1, collated ? from + 2 : to)
  const collation = collated ? literalBetween(tokens, from + 3, to) : undefined
  if (charset === undefined || (collated && collation === undefined)) {
    inspect(tokens, facts, from + 1, to)
    facts.opaque = true
    facts.leaves.add('variable').add('opaque')
  } else {
    facts.restore('names', `SET NAMES ${charset}${collation === undefined ? '' : ` COLLATE ${collation}`}`)
  }
}

function isAssignment(tokens: StatementTokens, at: number, to: number): boolean {
  if (at + 1 >= to) return false
  return tokens.kind(at) === TokenKind.assign || tokens.at(at).text === '='
}

/**
 * One of the assignments of a SET. Returns the scope that holds for those behind it, or undefined when it is written
 * in a way that is not known.
 */
export function setAssignment(
  tokens: StatementTokens,
  facts: DraftFacts,
  from: number,
  to: number,
  scope: string | undefined,
): { readonly scope: string | undefined } | undefined {
  if (tokens.kind(from) === TokenKind.userVariable) {
    if (!isAssignment(tokens, from + 1, to)) return undefined
    facts.leaves.add('user-variable')
    inspect(tokens, facts, from + 2, to)
    return { scope }
  }
  const word = tokens.word(from)
  const assigned = isAssignment(tokens, from + 1, to)
  if (word === 'NAMES' && !assigned) {
    names(tokens, facts, from, to)
    return { scope }
  }
  if (word === 'CHARSET' || tokens.words(from, 'CHARACTER', 'SET')) {
    // It takes the connection's collation from the database in use at that moment.
    facts.leaves.add('variable')
    return { scope }
  }
  if (word === 'PASSWORD') {
    facts.kind = 'write'
    facts.implicitCommit = true
    return { scope }
  }
  const named = !assigned && (globalScopes.has(word) || sessionScopes.has(word))
  let target =
    tokens.kind(from) === TokenKind.systemVariable
      ? systemVariable(tokens, from)
      : plainVariable(tokens, named ? from + 1 : from, named ? word : scope)
  if (named && globalScopes.has(word)) target = { ...target, scope: 'global' }
  if (!isAssignment(tokens, target.end, to)) return undefined
  assignVariable(tokens, facts, target, to)
  return { scope: named ? word : scope }
}
