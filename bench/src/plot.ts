import type { Plot } from '@comeback/test/plot'
import type { Figures, Row } from './figures.js'
import { type PeerName, peers } from './peers.js'
import { stacks } from './stacks.js'

const peerNames = Object.keys(peers) as PeerName[]

/** Without the marks of a page. */
const titleOf = (peer: PeerName): string => peers[peer].title.replaceAll('`', '')

/** A use of a library, and its colour: the library as it comes in grey, Comeback in green. */
const uses: readonly (readonly [string, string])[] = [
  ['stock, once more', '#8c959f'],
  ['Comeback', '#1a7f37'],
  ...['#bc4c00', '#8250df', '#0969da', '#bf3989', '#9a6700'].flatMap((colour, index) => {
    const peer = peerNames[index]
    return peer ? [[titleOf(peer), colour] as const] : []
  }),
]

interface Mark {
  readonly library: string
  readonly case: string
  readonly use: string
  readonly ratio: number
}

function marks({ stack, case: name, control, ratio, peers: others }: Row): readonly Mark[] {
  const mark = (use: string, value: number): Mark => ({
    library: stacks[stack].title,
    case: name,
    use,
    ratio: value,
  })
  return [
    mark('stock, once more', control),
    mark('Comeback', ratio),
    ...Object.entries(others).map(([peer, value]) => mark(titleOf(peer as PeerName), value)),
  ]
}

/** The picture of all ratios: a part for each library, a bar for each use of it in each case. */
export function ratioPlot({ rows }: Pick<Figures, 'rows'>): Plot {
  const all = rows.flatMap(marks)
  const present = uses.filter(([use]) => all.some(mark => mark.use === use))
  const ratios = all.map(({ ratio }) => ratio)
  const colour = {
    field: 'use',
    type: 'nominal',
    title: null,
    scale: { domain: present.map(([use]) => use), range: present.map(([, hue]) => hue) },
    legend: { orient: 'top', columns: 4, symbolType: 'square', symbolSize: 160, labelLimit: 0 },
  } as const
  const domain = [Math.min(0.8, ...ratios) * 0.88, Math.max(1.25, ...ratios) * 1.1]
  const titles = [...new Set(all.map(({ library }) => library))]
  return {
    title: {
      text: 'Time of each case, as a ratio to the library as it comes',
      subtitle: 'A bar to the left of the line is faster, one to the right slower. The scale is logarithmic.',
    },
    spacing: 16,
    vconcat: titles.map(title => {
      const own = all.filter(({ library }) => library === title)
      const order = present.map(([use]) => use).filter(use => own.some(mark => mark.use === use))
      return {
        title: { text: title, fontSize: 14, offset: 4 },
        data: { values: own },
        width: 640,
        height: { step: 12, for: 'offset' },
        encoding: {
          y: {
            field: 'case',
            type: 'nominal',
            sort: null,
            title: null,
            scale: { paddingInner: 0.25, paddingOuter: 0.1 },
            axis: { domain: false, minExtent: 90 },
          },
          yOffset: { field: 'use', type: 'nominal', scale: { domain: order } },
        },
        layer: [
          {
            mark: 'bar',
            encoding: {
              x: {
                field: 'ratio',
                type: 'quantitative',
                scale: { type: 'log', base: 2, domain, nice: false },
                axis: {
                  title: null,
                  format: '.3~g',
                  tickCount: 6,
                  gridColor: { condition: { test: 'datum.value === 1', value: '#57606a' }, value: '#eaeef2' },
                  domain: false,
                },
              },
              x2: { datum: 1 },
              color: colour,
            },
          },
          {
            transform: [{ filter: 'datum.ratio >= 1' }],
            mark: { type: 'text', fontSize: 11, color: '#24292f', align: 'left', dx: 4 },
            encoding: {
              x: { field: 'ratio', type: 'quantitative' },
              text: { field: 'ratio', format: '.2f' },
            },
          },
          {
            transform: [{ filter: 'datum.ratio < 1' }],
            mark: { type: 'text', fontSize: 11, color: '#24292f', align: 'right', dx: -4 },
            encoding: {
              x: { field: 'ratio', type: 'quantitative' },
              text: { field: 'ratio', format: '.2f' },
            },
          },
        ],
      }
    }),
    resolve: { scale: { yOffset: 'independent' } },
  }
}
