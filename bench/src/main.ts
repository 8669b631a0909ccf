import { writeFileSync } from 'node:fs'
import { startServer } from '@comeback/test/database'
import Table from 'cli-table3'
import { Command } from 'commander'
import { cases, furnish } from './cases.js'
import { type Figures, toJson } from './figures.js'
import { heapPerSession } from './heap.js'
import { type Comparison, compare } from './interleave.js'
import { livenessCost } from './liveness.js'
import { page } from './page.js'
import { canPin, pin, pinClient } from './pin.js'
import { type Recovery, recovery } from './recovery.js'
import { open } from './stacks.js'

const command = new Command('npm run bench --')
  .description('Stock Knex against Comeback in one run, interleaved.')
  .option('--json', 'print the result as one line of JSON, last')
  .option('--write', 'write docs/benchmarks.md')
  .option('--rounds <n>', 'rounds of each case', '120')
  .parse()
const options = command.opts<{ json?: boolean; write?: boolean; rounds: string }>()
const rounds = Number(options.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds takes a whole number from 1')

const isLive = process.stderr.isTTY === true
const say = (text: string): void => void process.stderr.write(text)
/** Progress on one line of a terminal; elsewhere only what begins. */
const progress = (text: string, isFirst = true): void => {
  if (isLive) say(`\r${text.padEnd(40)}`)
  else if (isFirst) say(`${text}\n`)
}

const pinned = canPin()
await using server = await startServer({ flavour: 'mariadb' })
if (pinned) {
  pin(server.pid)
  pinClient()
} else say('This machine can not pin processes to cores: the ratios below mean little.\n')

const furnisher = open('stock', server.config)
await furnish(furnisher)
await furnisher.destroy()

const stacks = {
  stock: open('stock', server.config),
  control: open('control', server.config),
  comeback: open('comeback', server.config),
}
const rows: Comparison[] = []
for (const one of cases) {
  rows.push(
    await compare(one, stacks, rounds, round =>
      progress(`${one.name}: round ${round} of ${rounds}`, round === 1),
    ),
  )
}
await Promise.all(Object.values(stacks).map(db => db.destroy()))

progress('peek, ping and heap …')
const liveness = await livenessCost(server.config)
const heap = await heapPerSession(server.config)
const recoveries: Recovery[] = []
for (const callers of [1, 10, 100]) {
  progress(`recovery with ${callers} callers …`)
  recoveries.push(await recovery(server, callers))
}

const figures: Figures = { rows, liveness, heap, recoveries, pinned }
const table = new Table({
  head: ['case', 'stock µs', 'stock/stock', 'Comeback/stock'],
  style: { head: [], border: [] },
})
for (const row of rows) {
  table.push([row.case, row.stockUs.toFixed(1), row.control.toFixed(3), row.ratio.toFixed(3)])
}
say(`\n${table.toString()}\n`)
say(
  `peek ${liveness.peekUs.toFixed(1)} µs, ping ${liveness.pingUs.toFixed(1)} µs, heap per idle session +${heap.added} bytes\n`,
)
for (const one of recoveries) {
  say(
    `${one.callers} waiting callers: first success after ${one.recoveryMs.toFixed(1)} ms, ${one.connects} connects\n`,
  )
}
if (options.write) writeFileSync(new URL('../../docs/benchmarks.md', import.meta.url), page(figures))
if (options.json) process.stdout.write(`${toJson(figures)}\n`)
