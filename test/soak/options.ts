import { parseArgs } from 'node:util'
import type { Flavour } from '../database/index.js'
import type { Wish } from './record.js'

export const usage = `npm run soak -- [options]
  --minutes N        how long; default 5
  --seed S           the seed of all work and all faults; default: drawn, and printed
  --server NAME      mariadb, mysql; default mariadb
  --report FILE      where to write the page with the plots; default soak-report.html
  --round N          only this round of the seed, again and again
  --json             print the figures as one line of JSON, last
`

/** What the soak is asked on the command line. */
export interface Options extends Wish {
  readonly report: string
  readonly json: boolean
  readonly help: boolean
}

function positive(option: string, text: string, isWhole: boolean): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value) && (!isWhole || Number.isInteger(value))) return value
  throw new RangeError(
    `--${option} takes a ${isWhole ? 'whole number from 1' : 'number above 0'}, not '${text}'`,
  )
}

function serverOf(name: string): Flavour {
  if (name === 'mariadb' || name === 'mysql') return name
  throw new RangeError(`--server: there is no '${name}'; choices: mariadb, mysql`)
}

/**
 * Reads them.
 * @throws RangeError or TypeError if one is unknown or wrong.
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string' },
      server: { type: 'string', default: 'mariadb' },
      report: { type: 'string', default: 'soak-report.html' },
      round: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    minutes: positive('minutes', values.minutes, false),
    seed: values.seed ?? String(Math.floor(Math.random() * 1_000_000)),
    server: serverOf(values.server),
    report: values.report,
    round: values.round === undefined ? undefined : positive('round', values.round, true),
    json: values.json,
    help: values.help,
  }
}
