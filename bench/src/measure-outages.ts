import type { Server } from '@comeback/test/database'
import { median } from 'simple-statistics'
import { shuffled } from './interleave.js'
import { outage } from './outage.js'
import { type Outage, type OutageKind, outageKinds, type Result } from './outages.js'
import { type StackName, stacks } from './stacks.js'
import { Uncaught } from './uncaught.js'

const CALLERS = [1, 10, 100] as const
/** Between the starts of outages that mostly wait, so that they do not disturb each other. */
const APART_MS = 50

type Scene = Pick<Outage, 'stack' | 'variant' | 'kind' | 'callers'>

function summary(scene: Scene, results: readonly Result[]): Outage {
  const times = results.map(({ recoveryMs }) => recoveryMs)
  const isServed = times.every(ms => ms !== undefined)
  return {
    ...scene,
    recoveryMs: isServed ? median(times) : undefined,
    failed: Math.max(...results.map(({ failed }) => failed)),
    hung: Math.max(...results.map(({ hung }) => hung)),
    uncaught: scene.kind === 'silence' ? undefined : Math.max(...results.map(one => one.uncaught ?? 0)),
    rounds: results.length,
  }
}

/** How often an outage of each kind is run when each case has so many rounds: a restart takes a second, silence as long as the bound. */
const roundsOf = (kind: OutageKind, rounds: number): number =>
  kind === 'silence' ? 1 : Math.max(1, Math.min(3, Math.floor(rounds / 12)))

const scenesOf = (kind: OutageKind, names: readonly StackName[]): Scene[] =>
  CALLERS.flatMap(callers =>
    names.flatMap(stack =>
      (['stock', 'comeback', ...stacks[stack].peers] as const).map(variant => ({
        stack,
        variant,
        kind,
        callers,
      })),
    ),
  )

/** All outages of all these libraries, as they come, over Comeback and by their peers. */
export async function measureOutages(
  server: Server,
  names: readonly StackName[],
  rounds: number,
  progress: (text: string) => void,
): Promise<Outage[]> {
  using uncaught = new Uncaught()
  const all: Outage[] = []
  for (const kind of outageKinds) {
    const scenes = scenesOf(kind, names)
    const results = new Map(scenes.map(scene => [scene, [] as Result[]]))
    const run = async (scene: Scene): Promise<void> => {
      results
        .get(scene)
        ?.push(await outage(server, scene.stack, scene.variant, kind, scene.callers, uncaught))
    }
    for (let round = 1; round <= roundsOf(kind, rounds); round += 1) {
      progress(`${kind}: round ${round} of ${roundsOf(kind, rounds)}`)
      if (kind === 'silence') {
        const apart = (n: number): Promise<void> => new Promise(resolve => setTimeout(resolve, n * APART_MS))
        await Promise.all(shuffled(scenes).map((scene, n) => apart(n).then(() => run(scene))))
      } else {
        for (const scene of shuffled(scenes)) await run(scene)
      }
    }
    all.push(...scenes.map(scene => summary(scene, results.get(scene) ?? [])))
  }
  return all
}
