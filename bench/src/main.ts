import { startServer } from '@comeback/test/database'
import { Command, Option } from 'commander'
import { type Figures, type Row, toJson } from './figures.js'
import { furnish } from './furnish.js'
import { heapPerSession } from './heap.js'
import { compare } from './interleave.js'
import { livenessCost } from './liveness.js'
import { measureOutages } from './measure-outages.js'
import { canPin, pin, pinClient } from './pin.js'
import { type Recovery, recovery } from './recovery.js'
import { type StackName, stackNames, stacks } from './stacks.js'
import { tell } from './tell.js'
import { writePage } from './write-page.js'

const command = new Command('npm run bench --')
  .description(
    'Each library as it comes against itself over Comeback and against its peers, in one run, interleaved; then how each recovers.',
  )
  .addOption(
    new Option('--orm <names...>', 'measure only these libraries and their peers').choices(stackNames),
  )
  .option('--json', 'print the result as one line of JSON, last')
  .option('--write', 'write docs/benchmarks.md')
  .option(
    '--rounds <n>',
    'rounds of each case, peers in a quarter of them; 6 for a try, 48 take about an hour',
    '48',
  )
  .parse()
const options = command.opts<{ orm?: StackName[]; json?: boolean; write?: boolean; rounds: string }>()
const rounds = Number(options.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds takes a whole number from 1')
if (options.write && options.orm) throw new RangeError('--write takes all libraries: leave --orm out')

const isLive = process.stderr.isTTY === true
const say = (text: string): void => void process.stderr.write(text)
/** Progress on one line of a terminal; elsewhere only what begins. */
const progress = (text: string, isFirst = true): void => {
  if (isLive) say(`\r${text.padEnd(40)}`)
  else if (isFirst) say(`${text}\n`)
}

const pinned = canPin()
await using server = await startServer({ flavour: 'mariadb', flags: ['--max-connections=1000'] })
if (pinned) {
  pin(server.pid)
  pinClient()
} else say('This machine can not pin processes to cores: the ratios below mean little.\n')

await furnish(server)
const rows: Row[] = []
const names = options.orm ?? stackNames
for (const stack of names) {
  const comparisons = await compare(stack, server.config, rounds, (text, isFirst) =>
    progress(`${stacks[stack].title}, ${text}`, isFirst),
  )
  rows.push(...comparisons.map(comparison => ({ stack, ...comparison })))
}

progress('peek, ping and heap …')
const liveness = await livenessCost(server.config)
const heap = await heapPerSession(server.config)
const recoveries: Recovery[] = []
for (const callers of [1, 10, 100]) {
  progress(`recovery with ${callers} callers …`)
  recoveries.push(await recovery(server, callers))
}

const outages = await measureOutages(server, names, rounds, progress)

const figures: Figures = { rows, liveness, heap, recoveries, outages, pinned }
say(tell(figures))
if (options.write) await writePage(figures)
if (options.json) process.stdout.write(`${toJson(figures)}\n`)
