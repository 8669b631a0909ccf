import { parse, View } from 'vega'
import { type Config, compile, type TopLevelSpec } from 'vega-lite'

export type Plot = TopLevelSpec

/** Dark on a ground of its own, so that it can be read on a page of any colour. */
const look: Config = {
  // Of each mark, for readers of a screen: as long as the picture itself, which a page has in words besides.
  aria: false,
  background: '#ffffff',
  padding: 16,
  font: 'Helvetica, Arial, sans-serif',
  view: { stroke: null },
  axis: { labelColor: '#24292f', titleColor: '#24292f', labelFontSize: 12, labelLimit: 0, ticks: false },
  legend: {
    labelColor: '#24292f',
    titleColor: '#24292f',
    labelFontSize: 12,
    titleFontSize: 12,
    titleLimit: 0,
  },
  header: { labelColor: '#24292f', labelFontSize: 14, labelFontWeight: 'bold', titleColor: '#24292f' },
  title: {
    color: '#24292f',
    subtitleColor: '#57606a',
    anchor: 'start',
    fontSize: 16,
    subtitleFontSize: 12,
    subtitlePadding: 6,
    offset: 12,
  },
}

/** A plot as SVG, in the look of all our plots. */
export async function renderSvg(plot: Plot): Promise<string> {
  const { spec } = compile(plot, { config: look })
  const view = new View(parse(spec), { renderer: 'none' })
  try {
    return `${await view.toSVG()}\n`
  } finally {
    view.finalize()
  }
}
