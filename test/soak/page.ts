import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { findingLines } from './findings.js'
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

/** What runs in the page: the plots over one axis of time, faults as ticks, named where the pointer is. */
const script = `
const colours = { green: '#1f9d61', red: '#c62f2f', amber: '#d08700', blue: '#2b6cb0', grey: '#7b8794', violet: '#7a4bb5' }
const plots = [
  { id: 'tasks', series: [
    ['acknowledged in a second', 'acknowledged', 'green', { fill: 'rgba(31, 157, 97, .15)' }],
    ['failed, nothing done', 'failed', 'red'], ['outcome unknown', 'unknown', 'amber']] },
  { id: 'wait', series: [['longest task that ended in the second, ms', 'longestMs', 'violet']] },
  { id: 'heap', series: [
    ['heap after garbage collection, MB', 'afterGcMb', 'blue', { width: 2, spanGaps: true, points: { show: true, size: 5 } }],
    ['heap, MB', 'heapMb', 'grey', { width: 1 }]] },
  { id: 'handles', series: [
    ['sockets', 'sockets', 'blue'], ['timers', 'timers', 'violet', { width: 1 }], ['links', 'links', 'green'],
    ['threads of the server', 'threads', 'amber'], ['listeners of the process', 'listeners', 'grey']] },
]
const clock = s => Math.floor(s / 60) + ':' + String(Math.round(s % 60)).padStart(2, '0')
const sync = uPlot.sync('soak')
const paintMarks = u => {
  const { ctx, bbox } = u
  ctx.save()
  ctx.fillStyle = 'rgba(208, 135, 0, .45)'
  for (const { s } of marks) {
    const left = u.valToPos(s, 'x', true)
    if (left < bbox.left || left > bbox.left + bbox.width) continue
    ctx.fillRect(Math.round(left), bbox.top, Math.max(1, devicePixelRatio), bbox.height)
  }
  ctx.restore()
}
const named = document.getElementById('fault')
const nameMarks = u => {
  const { left } = u.cursor
  if (left == null || left < 0) { named.textContent = ''; return }
  const reach = (u.scales.x.max - u.scales.x.min) / 100
  const at = u.posToVal(left, 'x')
  const near = marks.filter(({ s }) => Math.abs(s - at) < reach)
  named.textContent = near.map(({ s, name, stacks }) => clock(s) + ' ' + name + ' (' + stacks + ')').join(' · ')
}
const width = Math.min(1080, document.body.clientWidth)
for (const { id, series } of plots) {
  new uPlot({
    width, height: 210, cursor: { sync: { key: sync.key } },
    scales: { x: { time: false }, y: { range: (_, low, high) => [id === 'heap' ? Math.floor(low * .9) : 0, Math.max(4, high * 1.08)] } },
    series: [{ label: 'minutes', value: (_, s) => s == null ? '' : clock(s) },
      ...series.map(([label, , colour, more]) => ({ label, stroke: colours[colour], width: 1.5, points: { show: false }, ...more,
        value: (_, v) => v == null ? '' : v.toLocaleString('en', { maximumFractionDigits: 1 }) }))],
    axes: [{ values: (_, ticks) => ticks.map(clock) }, { size: 60 }],
    hooks: { drawClear: [paintMarks], setCursor: [nameMarks] },
  }, [data.s, ...series.map(([, column]) => data[column])], document.getElementById(id))
}`

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
    afterGcMb: scaled('afterGcBytes', 2 ** 20),
    ...Object.fromEntries(plain.map(name => [name, samples.column(name)])),
  }
}

function verdict({ violations, heap }: Summary): string {
  const isGood = violations === 0
  const words = isGood
    ? `No violation. ${heap.verdict === 'steady' ? 'The heap is steady; sockets, timers and server threads went back to what they were.' : ''}`
    : `${violations} violations.`
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
<h2>Heap</h2><div id="heap"></div>
<h2>Sockets, timers, links, threads</h2><div id="handles"></div>
<p id="fault"></p>
<h2>Faults</h2>${troubleTable(record)}
<h2>Errors that applications caught</h2>${errorTable(summary)}
<script>${readFileSync(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8')}
const data = ${JSON.stringify(columns(record))}
const marks = ${JSON.stringify(marks)}
${script}
</script>
</html>
`
}
