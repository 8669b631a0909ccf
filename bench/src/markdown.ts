type Line = readonly (string | number)[]

const text = (cells: Line): string => `| ${cells.join(' | ')} |`

/** A table of a page. */
export const markdownTable = (head: readonly string[], lines: readonly Line[]): string =>
  [head, head.map(() => '---'), ...lines].map(text).join('\n')

/** A ratio, of which the machine's noise leaves so many places. */
export const ratioText = (value: number, places = 3): string => `× ${value.toFixed(places)}`
