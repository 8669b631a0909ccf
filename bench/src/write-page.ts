import { writeFileSync } from 'node:fs'
import { renderSvg } from '@comeback/test/plot'
import type { Figures } from './figures.js'
import { page } from './page.js'
import { ratioPlot } from './plot.js'

const docs = new URL('../../docs/', import.meta.url)

/** Writes `docs/benchmarks.md` and the picture in it. */
export async function writePage(figures: Figures): Promise<void> {
  writeFileSync(new URL('benchmarks.svg', docs), await renderSvg(ratioPlot(figures)))
  writeFileSync(new URL('benchmarks.md', docs), page(figures))
}
