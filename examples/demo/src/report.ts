import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { calamities, LOAD_MS } from './calamities.js'
import type { Work } from './load.js'
import type { SideName } from './side.js'
import type { Tally } from './tally.js'

const require = createRequire(import.meta.url)

/** Width of a step in the plot. */
const STEP_MS = 250

/** How many pieces of work ended as asked in each step of time. */
function perStep(book: readonly Work[], wanted: (work: Work) => boolean): number[] {
  const steps = new Array<number>(Math.ceil(LOAD_MS / STEP_MS) + 8).fill(0)
  for (const work of book) {
    const step = Math.floor((work.endedAtMs ?? LOAD_MS) / STEP_MS)
    if (wanted(work) && step < steps.length) steps[step] = (steps[step] ?? 0) + 1
  }
  return steps
}

function plotData(book: readonly Work[]): number[][] {
  const good = perStep(book, ({ ending }) => ending === 'acknowledged')
  const bad = perStep(book, ({ ending }) => ending === 'failed' || ending === 'hung')
  return [good.map((_, step) => (step * STEP_MS) / 1_000), good, bad]
}

function row(name: string, tally: Tally): string {
  const cells = [
    tally.acknowledged,
    tally.failed,
    tally.unknown,
    tally.duplicated,
    tally.lost,
    tally.hung,
    `${tally.longestWaitMs} ms`,
  ]
  return `<tr><th>${name}</th>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`
}

/** A page that needs nothing from elsewhere: the plot's library is in it. */
export function report(
  title: string,
  books: Readonly<Record<SideName, readonly Work[]>>,
  tallies: Readonly<Record<SideName, Tally>>,
): string {
  const script = readFileSync(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8')
  const style = readFileSync(require.resolve('uplot/dist/uPlot.min.css'), 'utf8')
  const data = { bare: plotData(books.bare), comeback: plotData(books.comeback) }
  const bands = calamities.map(({ name, atMs, lastsMs }) => ({
    name,
    from: atMs / 1_000,
    to: (atMs + lastsMs) / 1_000,
  }))
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Comeback: the demonstration</title>
<style>${style}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2em auto; color: #222 }
table { border-collapse: collapse; margin: 1em 0 } th, td { padding: .3em .8em; border-bottom: 1px solid #ddd; text-align: right }
th:first-child { text-align: left } h2 { margin: 1.5em 0 0 } .u-legend { text-align: left } ol { columns: 2 }</style>
<h1>An application and its database</h1>
<p>Two copies of one order-taking application on ${title} ran beside each other on the same server, with the same load. What befell the
database befell both at the same moment. “Lost” and “duplicated” were counted in the tables.</p>
<table><tr><th></th><th>acknowledged</th><th>failed</th><th>unknown</th><th>duplicated</th><th>lost</th><th>hung</th><th>longest wait</th></tr>
${row(`stock ${title}`, tallies.bare)}
${row('with Comeback', tallies.comeback)}
</table>
<h2>Stock ${title}</h2><div id="bare"></div>
<h2>With Comeback</h2><div id="comeback"></div>
<h2>What happened when</h2>
<ol>${bands.map(({ name, from }) => `<li>${from.toFixed(1)} s: ${name}</li>`).join('')}</ol>
<script>${script}
const data = ${JSON.stringify(data)}
const bands = ${JSON.stringify(bands)}
const paintBands = u => {
  const { ctx, bbox } = u
  ctx.save()
  bands.forEach(({ from, to }, n) => {
    const left = u.valToPos(from, 'x', true)
    const width = Math.max(3, u.valToPos(to, 'x', true) - left)
    ctx.fillStyle = 'rgba(255, 170, 0, .35)'
    ctx.fillRect(left, bbox.top, width, bbox.height)
    ctx.fillStyle = '#a60'
    ctx.fillText(String(n + 1), left, bbox.top + 12)
  })
  ctx.restore()
}
const most = Math.max(...data.bare.slice(1).flat(), ...data.comeback.slice(1).flat())
for (const side of ['bare', 'comeback']) {
  new uPlot({
    width: 980, height: 240,
    scales: { x: { time: false }, y: { range: [0, most + 1] } },
    series: [
      { label: 'seconds' },
      { label: 'acknowledged in ${STEP_MS} ms', stroke: '#2a7', fill: 'rgba(34, 170, 119, .2)', width: 2 },
      { label: 'failed or hung', stroke: '#c22', fill: 'rgba(204, 34, 34, .3)', width: 2 },
    ],
    axes: [{ values: (_, ticks) => ticks.map(tick => tick + ' s') }, {}],
    hooks: { drawClear: [paintBands] },
  }, data[side], document.getElementById(side))
}
</script>
</html>
`
}
