import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Noise } from '../sweep/noise.js'
import { type Options, readOptions, usage } from './options.js'
import { page } from './page.js'
import { Progress } from './progress.js'
import { soak } from './soak.js'
import { lines, summarize } from './summary.js'

// The soak listens to what is printed; these are its own ways out.
const say = process.stderr.write.bind(process.stderr)
const print = process.stdout.write.bind(process.stdout)

async function run(options: Options): Promise<number> {
  const { seed, minutes, server, report, round, json } = options
  const again = `npm run soak -- --seed ${seed} --minutes ${minutes} --server ${server}`
  say(`Seed ${seed}; the same again: ${again}${round === undefined ? '' : ` --round ${round}`}\n`)
  const progress = new Progress(text => say(text), process.stderr.isTTY === true, minutes * 60_000)
  const record = await soak(options, new Noise(), state => progress.show(state))
  progress.end()
  for (const line of lines(record)) say(`${line}\n`)
  const file = resolve(process.env['INIT_CWD'] ?? process.cwd(), report)
  writeFileSync(file, page(record))
  say(`${'report'.padEnd(22)}${file}\n`)
  if (json) print(`${JSON.stringify(summarize(record))}\n`)
  return record.violations > 0 ? 1 : 0
}

async function main(): Promise<number> {
  try {
    const options = readOptions(process.argv.slice(2))
    if (!options.help) return await run(options)
    print(usage)
    return 0
  } catch (error) {
    const isUsers =
      error instanceof RangeError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
    const { message, stack } = error as Error
    say(`${isUsers ? message : `The soak itself failed. ${stack}`}\n`)
    return 1
  }
}

process.exitCode = await main()
