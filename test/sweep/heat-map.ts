import type { Plot } from '../plot/render.js'
import { faultNames } from './faults.js'
import type { StackResults } from './finished.js'
import { groups, inOrder } from './groups.js'
import { faultOf, type Result } from './results.js'
import { isOurs } from './stacks.js'
import type { ViolationKind } from './verdict.js'

/** How bad it is, from the best, with the colour that says so. */
const levels: readonly { readonly name: string; readonly upTo: number; readonly colour: string }[] = [
  { name: 'none', upTo: 0, colour: '#c8ecd0' },
  { name: 'up to 5 %', upTo: 0.05, colour: '#fdeec0' },
  { name: 'up to 25 %', upTo: 0.25, colour: '#fbc26b' },
  { name: 'up to 50 %', upTo: 0.5, colour: '#ee7b3c' },
  { name: 'up to 75 %', upTo: 0.75, colour: '#cf3a2b' },
  { name: 'more', upTo: 1, colour: '#8f1022' },
]

/** What one fault did to one stack. */
export interface Cell {
  readonly group: string
  readonly stack: string
  readonly fault: string
  /** Of the points, how many have a violation of the group: 0 to 1. */
  readonly share: number
  readonly level: string
  readonly text: string
}

const percent = (share: number): string =>
  share > 0 && share < 0.01 ? '<1' : String(Math.round(share * 100))

function shareOf(results: readonly Result[], kinds: readonly ViolationKind[]): number {
  const bad = results.filter(({ violations }) => violations.some(({ kind }) => kinds.includes(kind)))
  return bad.length / results.length
}

/** All cells that have a point. */
export function cells(finished: Readonly<Record<string, StackResults>>): readonly Cell[] {
  return Object.entries(finished).flatMap(([stack, { results }]) =>
    faultNames.flatMap(fault => {
      const own = results.filter(result => faultOf(result) === fault)
      if (own.length === 0) return []
      return groups.map(({ title, kinds }) => {
        const share = shareOf(own, kinds)
        const level = levels.find(({ upTo }) => share <= upTo)?.name ?? 'more'
        return { group: title, stack, fault, share, level, text: percent(share) }
      })
    }),
  )
}

/** The picture of all stacks and faults: what each fault does to each stack, a part for each group of violations. */
export function heatMap(finished: Readonly<Record<string, StackResults>>): Plot {
  const ordered = inOrder(Object.keys(finished))
  const rows = [...ordered.filter(isOurs), '', ...ordered.filter(stack => !isOurs(stack))]
  const dark = levels.slice(4).map(({ name }) => name)
  return {
    title: {
      text: 'What each fault does to each stack',
      subtitle:
        'The numbers are percent of the points of that stack and fault. A point may go wrong in several ways. White: no such point.',
    },
    data: { values: [...cells(finished)] },
    facet: {
      field: 'group',
      type: 'nominal',
      sort: groups.map(({ title }) => title),
      title: null,
      header: { labelAnchor: 'start', labelPadding: 8 },
    },
    columns: 1,
    spacing: 28,
    spec: {
      width: { step: 46 },
      height: { step: 20 },
      encoding: {
        x: {
          field: 'fault',
          type: 'nominal',
          scale: { domain: [...faultNames] },
          axis: { orient: 'top', labelAngle: -35, title: null, domain: false },
        },
        y: {
          field: 'stack',
          type: 'nominal',
          scale: { domain: rows },
          axis: {
            title: null,
            domain: false,
            labelFontWeight: {
              condition: { test: "indexof(datum.value, 'comeback-') === 0", value: 'bold' },
              value: 'normal',
            },
          },
        },
      },
      layer: [
        {
          mark: { type: 'rect', stroke: '#ffffff', strokeWidth: 2, cornerRadius: 3 },
          encoding: {
            color: {
              field: 'level',
              type: 'ordinal',
              title: 'Points that went wrong',
              scale: { domain: levels.map(({ name }) => name), range: levels.map(({ colour }) => colour) },
              legend: {
                orient: 'top',
                direction: 'horizontal',
                titleOrient: 'left',
                symbolType: 'square',
                symbolSize: 200,
              },
            },
          },
        },
        {
          transform: [{ filter: 'datum.share > 0' }],
          mark: { type: 'text', fontSize: 11 },
          encoding: {
            text: { field: 'text' },
            color: {
              condition: { test: { field: 'level', oneOf: dark }, value: '#ffffff' },
              value: '#24292f',
            },
          },
        },
      ],
    },
    resolve: { axis: { x: 'independent' } },
  }
}
