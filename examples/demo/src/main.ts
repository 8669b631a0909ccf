import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { startServer } from '@comeback/test/database'
import { Command, Option } from 'commander'
import { calamities, LOAD_MS } from './calamities.js'
import { Load } from './load.js'
import { type OrmName, orms } from './orms.js'
import { report } from './report.js'
import { Screen, table } from './screen.js'
import { furnish } from './shop.js'
import { openSide } from './side.js'
import { tally } from './tally.js'

const command = new Command('npm run demo --')
  .description('An application lives through a database that is killed, restarted, frozen and cut off.')
  .addOption(
    new Option('--orm <name>', 'which library the application uses')
      .choices(Object.keys(orms))
      .default('knex'),
  )
  .option('--json', 'print the result as one line of JSON, last')
  .option('--report <file>', 'where to write the page with the plot', 'demo-report.html')
  .parse()

const options = command.opts<{ orm: OrmName; json?: boolean; report: string }>()
const orm = orms[options.orm]

/** Workers of each application. */
const WORKERS = 6

/** What is under way at the end has this long to end; what has not ended then hangs. */
const PATIENCE_MS = 12_000

const screen = new Screen(orm.title)
screen.say('Starting a private database server …')
await using server = await startServer({ flavour: 'mariadb' })
await furnish(server)

const sides = { bare: await openSide('bare', orm, server), comeback: await openSide('comeback', orm, server) }
const both = [sides.bare, sides.comeback]
screen.say(`The same load on stock ${orm.title} and on ${orm.title} with Comeback, on the same server:`)

const startMs = performance.now()
const loads = { bare: new Load(sides.bare, startMs), comeback: new Load(sides.comeback, startMs) }
const strikes = calamities.map(
  ({ atMs, strike }) =>
    new Promise<void>((done, failed) => {
      setTimeout(() => void strike(server, both).then(done, failed), atMs)
    }),
)
const showing = setInterval(
  () => screen.show(performance.now() - startMs, loads.bare.book, loads.comeback.book),
  100,
)
loads.bare.start(WORKERS)
loads.comeback.start(WORKERS)
await new Promise(done => setTimeout(done, LOAD_MS))
await Promise.all(strikes)
await Promise.all([loads.bare.finish(PATIENCE_MS), loads.comeback.finish(PATIENCE_MS)])
clearInterval(showing)
screen.done()

const books = { bare: loads.bare.book, comeback: loads.comeback.book }
const tallies = {
  bare: await tally(server, 'bare', books.bare),
  comeback: await tally(server, 'comeback', books.comeback),
}
await Promise.all(both.map(side => side.close()))

const file = resolve(process.env['INIT_CWD'] ?? process.cwd(), options.report)
writeFileSync(file, report(orm.title, books, tallies))
screen.say(`\n${table(orm.title, tallies.bare, tallies.comeback)}\n`)
screen.say(
  '“Lost” was acknowledged and is not in the tables; “unknown” is an error that says that nobody can know.',
)
screen.say(`A picture of it: ${file}`)
if (options.json) process.stdout.write(`${JSON.stringify(tallies)}\n`)
// Stock libraries leave sockets that never close.
await server.stop()
process.exit(tallies.comeback.duplicated + tallies.comeback.lost + tallies.comeback.hung === 0 ? 0 : 1)
