import Table from 'cli-table3'
import type { Figures } from './figures.js'
import type { Outage } from './outages.js'
import { peers } from './peers.js'
import type { Variant } from './stack.js'
import { stacks } from './stacks.js'

const table = (head: string[]): InstanceType<typeof Table> =>
  new Table({
    head,
    style: { head: [], border: [] },
    // No line between rows.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  })

/** How a use of a library is called in a list. */
export function titleOf({ stack, variant }: Pick<Outage, 'stack' | 'variant'>): string {
  const { title } = stacks[stack]
  if (variant === 'comeback') return `${title} over Comeback`
  return isPeer(variant) ? peers[variant].title : title
}

const isPeer = (variant: Variant): variant is keyof typeof peers => Object.hasOwn(peers, variant)

function comparisons({ rows }: Figures): string {
  const list = table(['library', 'case', 'stock µs', 'against stock', 'ratio'])
  for (const {
    stack,
    case: name,
    stockUs,
    control,
    contexts,
    ratio,
    ratioError,
    ratioInContexts,
    peers: others,
  } of rows) {
    const { title } = stacks[stack]
    list.push([title, name, stockUs.toFixed(1), 'itself', control.toFixed(3)])
    list.push([
      '',
      '',
      '',
      'Comeback',
      `${ratio.toFixed(3)}${ratioError === undefined ? '' : ` ± ${ratioError.toFixed(3)}`}`,
    ])
    list.push(['', '', '', 'Comeback, both with AsyncLocalStorage', ratioInContexts.toFixed(3)])
    list.push(['', '', '', 'itself, with AsyncLocalStorage', contexts.toFixed(3)])
    for (const [variant, value] of Object.entries(others)) {
      list.push(['', '', '', titleOf({ stack, variant: variant as Variant }), value.toFixed(3)])
    }
  }
  return list.toString()
}

function outageList({ outages }: Figures): string {
  const list = table(['outage', 'callers', 'library', 'first success', 'failed', 'hung', 'uncaught'])
  for (const one of outages) {
    const ms = one.recoveryMs === undefined ? '–' : `${one.recoveryMs.toFixed(1)} ms`
    list.push([one.kind, one.callers, titleOf(one), ms, one.failed, one.hung, one.uncaught ?? '–'])
  }
  return list.toString()
}

function remarks({ rows }: Figures): string {
  const names = [...new Set(rows.map(row => row.stack))]
  return names
    .flatMap(name => [stacks[name], ...stacks[name].peers.map(peer => peers[peer])])
    .map(({ title, remark }) => (remark === undefined ? '' : `${title}: ${remark}\n`))
    .join('')
}

/** The figures for a terminal. */
export function tell(figures: Figures): string {
  const { liveness, heap, recoveries } = figures
  const peek = `peek ${liveness.peekUs.toFixed(1)} µs, ping ${liveness.pingUs.toFixed(1)} µs`
  const waiting = recoveries.map(
    one =>
      `${one.callers} waiting callers: first success after ${one.recoveryMs.toFixed(1)} ms, ${one.connects} connects\n`,
  )
  return `
${comparisons(figures)}
${outageList(figures)}
${remarks(figures)}${peek}, heap per idle session +${heap.added} bytes
${waiting.join('')}`
}
