import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { findingLines } from './findings.js'
import { plots } from './plots.js'
import type { SoakRecord } from './record.js'
import { rows, type Summary, summarize } from './summary.js'
import { saysOf, type TroubleName } from './troubles.js'

const require = createRequire(import.meta.url)

const text = (value: string): string => value.replace(/[&<>"]/g, sign => `&#${sign.codePointAt(0)};`)

const style = `
:root { color-scheme: light }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 2em auto; padding: 0 1em; color: #1d2430 }
h1 { margin-bottom: .2em } h2 { margin: 1.6em 0 .3em; font-size: 1.1em } p { max-width: 75ch }
table { border-collapse: collapse } th, td { padding: .25em .8em .25em 0; border-bottom: 1px solid #e3e6ea; text-align: left; vertical-align: top }
th { font-weight: 600; white-space: nowrap } td.number { text-align: right; font-variant-numeric: tabular-nums }
.verdict { font-size: 1.15em; font-weight: 600; padding: .5em .8em; border-radius: 6px; max-width: none }
.good { background: #e4f5ea; color: #14532d } .bad { background: #fde8e8; color: #8f1414 }
pre { background: #f6f7f9; padding: .8em; overflow-x: auto; font-size: 12px }
.u-legend { text-align: left; font-size: 13px } .u-legend .u-marker { border-radius: 2px }
#fault { min-height: 1.5em; color: #8a5a00; font-size: 13px; position: sticky; bottom: 0; background: #fff; padding: .2em 0 }`

function columns({ samples }: SoakRecord): Record<string, readonly (number | null)[]> {
  const scaled = (name: string, by: number): (number | null)[] =>
    samples.column(name).map(value => (value === null ? null : Math.round((value / by) * 100) / 100))
  const plain = [
    'acknowledged',
    'failed',
    'unknown',
    'longestMs',
    'sockets',
    'timers',
    'links',
    'threads',
    'listeners',
  ]
  return {
    s: scaled('atMs', 1_000),
    heapMb: scaled('heapBytes', 2 ** 20),
    rssMb: scaled('rssBytes', 2 ** 20),
    afterGcMb: scaled('afterGcBytes', 2 ** 20),
    ...Object.fromEntries(plain.map(name => [name, samples.column(name)])),
  }
}

function verdict({ violations, heap }: Summary): string {
  const isGood = violations === 0
  const words = isGood
    ? `No violation. ${heap.verdict === 'steady' ? 'The heap is steady; sockets, timers and server threads went back to what they were.' : ''}`
    : `${violations} ${violations === 1 ? 'violation' : 'violations'}.`
  return `<p class="verdict ${isGood ? 'good' : 'bad'}">${words}</p>`
}

function troubleTable({ troubles }: SoakRecord): string {
  const lines = [...troubles.counts].toSorted(([one], [other]) => one.localeCompare(other))
  const cells = lines.map(
    ([name, { made, struck }]) =>
      `<tr><th>${name}</th><td class="number">${made}</td><td class="number">${struck}</td><td>${text(saysOf(name as TroubleName))}</td></tr>`,
  )
  return `<table><tr><th>fault</th><th>made</th><th>struck</th><th>what happens</th></tr>${cells.join('\n')}</table>`
}

function errorTable({ errors }: Summary): string {
  const lines = Object.entries(errors).toSorted(([, one], [, other]) => other - one)
  const cells = lines.map(
    ([name, count]) => `<tr><th>${text(name)}</th><td class="number">${count}</td></tr>`,
  )
  return `<table><tr><th>error</th><th>times</th></tr>${cells.join('\n')}</table>`
}

function violationList({ findings }: SoakRecord): string {
  if (findings.length === 0) return ''
  const items = findings.map(findingLines).map(([headline = '', ...wire]) => {
    const words = text(headline)
    if (wire.length === 0) return `<li>${words}</li>`
    return `<li><details><summary>${words}</summary><pre>${wire.map(text).join('\n')}</pre></details></li>`
  })
  return `<h2>Violations</h2><ul>${items.join('\n')}</ul>`
}

/** A page that needs nothing from elsewhere: the plots' library is in it. */
export function page(record: SoakRecord): string {
  const summary = summarize(record)
  const marks = record.troubles.marks.map(({ atMs, name, stacks }) => ({ s: atMs / 1_000, name, stacks }))
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Comeback: the soak</title>
<style>${readFileSync(require.resolve('uplot/dist/uPlot.min.css'), 'utf8')}${style}</style>
<h1>The soak</h1>
<p>mysql2, Knex, TypeORM, Sequelize and Prisma over Comeback, each with a pool of its own and its own way to one server, at work in one process.
Vertical lines are faults. Every few seconds the load pauses, and everything that the applications were told is compared with the tables
and with what crossed the wire.</p>
${verdict(summary)}
<table>${rows(summary)
    .map(([name, value]) => `<tr><th>${name}</th><td>${text(value)}</td></tr>`)
    .join('\n')}</table>
${violationList(record)}
<h2>Work</h2><div id="tasks"></div>
<h2>The longest wait</h2><div id="wait"></div>
<h2>Heap, each time that all garbage was collected</h2><div id="heap"></div>
<h2>Memory</h2><div id="memory"></div>
<h2>Sockets, timers, links, threads</h2><div id="handles"></div>
<p id="fault"></p>
<h2>Faults</h2>${troubleTable(record)}
<h2>Errors that applications caught</h2>${errorTable(summary)}
<script>${readFileSync(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8')}
const data = ${JSON.stringify(columns(record))}
const marks = ${JSON.stringify(marks)}
${plots}
</script>
</html>
`
}
