import { expect, it } from 'vitest'
import { renderSvg } from '../plot/render.js'
import { cells, heatMap } from './heat-map.js'
import type { Result } from './results.js'

const result = (point: string, ...kinds: ('lost' | 'hung' | 'untyped')[]): Result => ({
  point,
  hit: true,
  violations: kinds.map(kind => ({ kind, detail: 'x' })),
  elapsedMs: 1,
})

const finished = {
  'comeback-knex': { inAll: 1, results: [result('comeback-knex/insert/c1.up1/fin')] },
  'stock-knex': {
    inAll: 9,
    results: [
      result('stock-knex/insert/c1.up1/fin', 'hung', 'hung'),
      result('stock-knex@mysql/insert/c1.up2/fin', 'untyped'),
      result('stock-knex/insert/c1.up1/rst'),
    ],
  },
}

it('a cell has the share of the points of its stack and fault, on whatever server', () => {
  const own = cells(finished).filter(({ stack, fault }) => stack === 'stock-knex' && fault === 'fin')
  expect(own.map(({ share }) => share)).toEqual([0, 0.5, 0.5])
  expect(cells(finished).filter(({ fault }) => fault === 'silence')).toEqual([])
})

it('the picture names each stack and fault, and has the shares in percent', async () => {
  const svg = await renderSvg(heatMap(finished))
  expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
  for (const text of ['comeback-knex', 'stock-knex', 'fin', 'read-only', '50'])
    expect(svg).toContain(`>${text}<`)
})
