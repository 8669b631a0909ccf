import { readFacts } from './read-facts.js'
import type { QuotingModes } from './reading.js'
import type { StatementFacts } from './statement-facts.js'

/** Longer texts are read anew each time: they are rarely sent twice, and are not to be held in memory. */
const longestText = 4_096
const textsPerGeneration = 1_000
const charactersPerGeneration = 1_000_000

interface Generation {
  readonly facts: Map<string, StatementFacts>
  characters: number
}

const newGeneration = (): Generation => ({ facts: new Map(), characters: 0 })

/** Two generations: a text that is not asked for while one fills up is forgotten. */
class FactsCache {
  private young = newGeneration()
  private old = newGeneration()

  get(sql: string): StatementFacts | undefined {
    const known = this.young.facts.get(sql)
    if (known !== undefined) return known
    const older = this.old.facts.get(sql)
    if (older !== undefined) this.set(sql, older)
    return older
  }

  set(sql: string, facts: StatementFacts): void {
    const { young } = this
    if (young.facts.size >= textsPerGeneration || young.characters + sql.length > charactersPerGeneration) {
      this.old = young
      this.young = newGeneration()
    }
    this.young.facts.set(sql, facts)
    this.young.characters += sql.length
  }
}

/** One for each combination of modes, a mode that is not known being a value of its own. */
const caches: (FactsCache | undefined)[] = Array.from({ length: 9 })

function digit(mode: boolean | undefined): 0 | 1 | 2 {
  if (mode === undefined) return 0
  return mode ? 2 : 1
}

function cacheFor(modes: QuotingModes): FactsCache {
  const index = digit(modes.noBackslashEscapes) * 3 + digit(modes.ansiQuotes)
  caches[index] ??= new FactsCache()
  return caches[index]
}

/** A copy that shares no memory with a longer text of which this one may be a slice. */
function detached(sql: string): string {
  return Buffer.from(sql, 'utf16le').toString('utf16le')
}

/**
 * What is known of a statement from its text alone, by the most cautious reading of it: a text that can not be read
 * is a `write`. Remembered by text, for texts of up to 4,096 characters, in a bounded cache. Never throws.
 *
 * What a view or a trigger calls can not be seen from the text that uses it: a SELECT from a view that writes is a read.
 *
 * `modes` says what the session's sql_mode is known to be; what is left out is unknown, and every reading counts.
 */
export function statementFacts(sql: string, modes: QuotingModes = {}): StatementFacts {
  if (sql.length > longestText) return readFacts(sql, modes)
  const cache = cacheFor(modes)
  const known = cache.get(sql)
  if (known !== undefined) return known
  const text = detached(sql)
  const facts = readFacts(text, modes)
  cache.set(text, facts)
  return facts
}
