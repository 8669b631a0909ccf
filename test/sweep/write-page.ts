import { writeFileSync } from 'node:fs'
import { renderSvg } from '../plot/render.js'
import { finishedResults } from './finished.js'
import { heatMap } from './heat-map.js'
import { page } from './page.js'

const docs = new URL('../../docs/', import.meta.url)

/**
 * Writes `docs/sweep.md` and the picture in it from the newest results of each stack.
 * @throws RangeError (as a rejection) if there are none.
 */
export async function writePage(): Promise<void> {
  const finished = finishedResults()
  if (Object.keys(finished).length === 0) {
    throw new RangeError(
      'There is nothing to write: no sweep of all workloads, servers and faults has been finished',
    )
  }
  writeFileSync(new URL('sweep-heat-map.svg', docs), await renderSvg(heatMap(finished)))
  writeFileSync(new URL('sweep.md', docs), page(finished))
}
