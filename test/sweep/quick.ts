import { type Point, thinOut } from './points.js'

/** What two processes do in well under two minutes. */
const quickCount = 80

/** So many points of each stack, always the same, spread evenly over workloads, places and faults. */
export function samplePoints(points: readonly Point[], count: number): readonly Point[] {
  const names = [...new Set(points.map(({ stack }) => stack))]
  return names.flatMap(name =>
    thinOut(
      points.filter(({ stack }) => stack === name),
      count,
    ),
  )
}

/** A subset of the sweep that takes less than two minutes. */
export const quickPoints = (points: readonly Point[]): readonly Point[] => samplePoints(points, quickCount)
