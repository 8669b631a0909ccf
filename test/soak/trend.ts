/** A straight line through points. */
export interface Line {
  readonly slope: number
  readonly intercept: number
  /** Of the slope: how far it may be wrong by chance. */
  readonly standardError: number
}

/** Least squares. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[]): Line {
  const n = points.length
  const mean = (which: 0 | 1): number => points.reduce((sum, point) => sum + point[which], 0) / n
  const [x, y] = [mean(0), mean(1)]
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
  const slope =
    spread === 0 ? 0 : points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread
  const intercept = y - slope * x
  const rest = points.reduce((sum, point) => sum + (point[1] - intercept - slope * point[0]) ** 2, 0)
  const standardError = n > 2 && spread > 0 ? Math.sqrt(rest / (n - 2) / spread) : Number.POSITIVE_INFINITY
  return { slope, intercept, standardError }
}
