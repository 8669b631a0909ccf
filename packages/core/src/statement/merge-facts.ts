import { DraftFacts } from './draft-facts.js'

function sameRestores(one: DraftFacts, other: DraftFacts): boolean {
  const changes = [...other.restores.values()]
  return (
    one.restores.size === other.restores.size &&
    [...one.restores.values()].every(
      ({ key, sql }, at) => changes[at]?.key === key && changes[at]?.sql === sql,
    )
  )
}

/** The most cautious of what several readings of one text say. */
export function mergeFacts(readings: readonly DraftFacts[]): DraftFacts {
  const [first, ...others] = readings
  if (first === undefined || others.length === 0) return first ?? new DraftFacts()
  const merged = new DraftFacts()
  const agree = (same: (one: DraftFacts) => unknown): boolean =>
    others.every(other => same(other) === same(first))
  for (const reading of readings) merged.include(reading)
  if (agree(facts => facts.kind) && agree(facts => facts.transaction)) {
    merged.kind = first.kind
    merged.transaction = first.transaction
  }
  merged.verb = agree(facts => facts.verb) ? first.verb : ''
  merged.plainBegin = readings.every(facts => facts.plainBegin)
  for (const kind of first.clears)
    if (readings.every(facts => facts.clears.has(kind))) merged.clears.add(kind)
  if (!others.every(other => sameRestores(first, other))) {
    merged.restores.clear()
    merged.leaves.add('variable')
  }
  const words = new Set(readings.flatMap(facts => facts.comment ?? []))
  // Readings that disagree leave nothing but the word that forbids.
  if (agree(facts => facts.comment)) merged.comment = first.comment
  else if ([...words].some(text => text.split(' ').includes('no-retry'))) merged.comment = 'no-retry'
  return merged
}
