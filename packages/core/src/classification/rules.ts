import type { Rule, RuleGroup } from './rule.js'
import { driverErrors } from './rules/driver-errors.js'
import { evidenceAlone } from './rules/evidence-alone.js'
import { packetSize } from './rules/packet-size.js'
import { serverLoss } from './rules/server-loss.js'
import { serverOther } from './rules/server-other.js'
import { serverRefusals } from './rules/server-refusals.js'
import { serverStatements } from './rules/server-statements.js'
import { socketErrors } from './rules/socket-errors.js'
import { texts } from './rules/texts.js'

/**
 * The whole classification. The first rule that holds decides: what a server has said and what a
 * request's size shows come first, then what driver and operating system say, then words, and the bare evidence last.
 */
export const ruleGroups: readonly RuleGroup[] = [
  serverLoss,
  serverRefusals,
  serverStatements,
  packetSize,
  serverOther,
  driverErrors,
  socketErrors,
  texts,
  evidenceAlone,
]

/** All rules in the order in which they are asked. */
export const rules: readonly Rule[] = ruleGroups.flatMap(group => group.rules)
