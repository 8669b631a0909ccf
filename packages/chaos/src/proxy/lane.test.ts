import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Lane } from './lane.js'

function lane(handle: (item: number) => Promise<void>) {
  const told: string[] = []
  const made = new Lane<number>({
    handle,
    drained: () => told.push('drained'),
    full: isFull => told.push(isFull ? 'full' : 'room'),
    failed: error => told.push(`failed ${String(error)}`),
  })
  return { lane: made, told }
}

describe('lane', () => {
  it('handles one item after the other, however long one takes', async () => {
    const order: string[] = []
    const { lane: made, told } = lane(async item => {
      order.push(`begin ${item}`)
      await turn()
      order.push(`end ${item}`)
    })
    made.push(1, 1)
    made.push(2, 1)
    expect(made.empty).toBe(false)
    while (!made.empty) await turn()
    expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
    expect(told).toEqual(['drained'])
  })

  it('says when more is queued than should be, and when that is over', async () => {
    let release = (): void => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    const { lane: made, told } = lane(() => held)
    made.push(1, 200_000)
    made.push(2, 200_000)
    expect(told).toEqual(['full'])
    release()
    while (!made.empty) await turn()
    expect(told).toEqual(['full', 'room', 'drained'])
  })

  it('handles nothing more once stopped, and makes room', async () => {
    const handled: number[] = []
    const { lane: made, told } = lane(async item => {
      handled.push(item)
      await turn()
    })
    made.push(1, 200_000)
    made.push(2, 200_000)
    made.stop()
    made.push(3, 1)
    while (!made.empty) await turn()
    expect(handled).toEqual([1])
    expect(told).toEqual(['full', 'room', 'drained'])
  })

  it('stops at an error and tells it', async () => {
    const { lane: made, told } = lane(async item => {
      throw new Error(`no ${item}`)
    })
    made.push(1, 1)
    made.push(2, 1)
    while (!made.empty) await turn()
    expect(told).toEqual(['failed Error: no 1'])
  })
})
