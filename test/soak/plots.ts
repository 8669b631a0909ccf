/** What runs in the page: the plots over one axis of time, faults as ticks, named where the pointer is. */
export const plots: string = `
const colours = { green: '#1f9d61', red: '#c62f2f', amber: '#d08700', blue: '#2b6cb0', grey: '#7b8794', violet: '#7a4bb5' }
const plots = [
  { id: 'tasks', series: [
    ['acknowledged in a second', 'acknowledged', 'green', { fill: 'rgba(31, 157, 97, .15)' }],
    ['failed, nothing done', 'failed', 'red'], ['outcome unknown', 'unknown', 'amber']] },
  { id: 'wait', series: [['longest task that ended in the second, ms', 'longestMs', 'violet']] },
  { id: 'heap', tight: true, series: [
    ['heap after garbage collection, MB', 'afterGcMb', 'blue', { width: 2, points: { show: true, size: 5 } }]] },
  { id: 'memory', series: [['heap in use, MB', 'heapMb', 'grey', { width: 1 }], ['resident set, MB', 'rssMb', 'violet']] },
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
for (const { id, series, tight } of plots) {
  new uPlot({
    width, height: 210, cursor: { sync: { key: sync.key } },
    scales: { x: { time: false }, y: { range: (_, low, high) => tight ? [low - 2, high + 2] : [0, Math.max(4, high * 1.08)] } },
    series: [{ label: 'minutes', value: (_, s) => s == null ? '' : clock(s) },
      ...series.map(([label, , colour, more]) => ({ label, stroke: colours[colour], width: 1.5, spanGaps: true, points: { show: false }, ...more,
        value: (_, v) => v == null ? '' : v.toLocaleString('en', { maximumFractionDigits: 1 }) }))],
    axes: [{ values: (_, ticks) => ticks.map(clock) }, { size: 60 }],
    hooks: { drawClear: [paintMarks], setCursor: [nameMarks] },
  }, [data.s, ...series.map(([, column]) => data[column])], document.getElementById(id))
}`
