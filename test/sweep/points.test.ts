import { expect, it } from 'vitest'
import { parsePoint, placesOf, pointName, pointsOf, sample, thinOut } from './points.js'

const counts = [{ up: 2, down: 3, commands: 1 }]

it('every border in both directions is a place, the ends included, and so is every request', () => {
  expect(placesOf(counts).map(({ kind, number }) => `${kind}${number}`)).toEqual([
    'connect0',
    'login0',
    'command1',
    ...['up0', 'up1', 'up2'],
    ...['down0', 'down1', 'down2', 'down3'],
  ])
})

it('there is no half of a packet behind the last one', () => {
  const names = pointsOf({ stack: 's', server: 'mariadb', workload: 'w' }, counts).map(pointName)
  expect(names).toContain('s/w/c1.down2/half-packet')
  expect(names).not.toContain('s/w/c1.down3/half-packet')
})

it('of many connections the first two and the last are taken', () => {
  const many = Array.from({ length: 8 }, () => ({ up: 1, down: 2, commands: 0 }))
  expect([...new Set(placesOf(many).map(place => place.connection))]).toEqual([1, 2, 8])
})

it('a name says all of a point, and no two points have the same', () => {
  const points = pointsOf({ stack: 'comeback-knex', server: 'mysql', workload: 'insert' }, counts)
  const names = points.map(pointName)
  expect(new Set(names).size).toBe(points.length)
  expect(names).toContain('comeback-knex@mysql/insert/c1.up2/fin')
  expect(names.map(parsePoint)).toEqual(points)
})

it('what is no name of a point is refused', () => {
  for (const name of [
    '',
    'a/b/c/d',
    'a/b/c1.up/fin',
    'a/b/c1.connect/kill',
    'a/b/c1.up1/fin/x',
    'a@b/b/c1.up1/fin',
  ]) {
    expect(() => parsePoint(name)).toThrow(RangeError)
  }
})

it('a long row of packets is thinned out, but not at its ends', () => {
  expect(sample(5)).toEqual([0, 1, 2, 3, 4, 5])
  const some = sample(10_000)
  expect(some.length).toBeLessThanOrEqual(48)
  expect(some.slice(0, 3)).toEqual([0, 1, 2])
  expect(some.slice(-3)).toEqual([9_998, 9_999, 10_000])
  expect([...some].sort((a, b) => a - b)).toEqual(some)
})

it('points are thinned out evenly and always alike', () => {
  const points = pointsOf({ stack: 's', server: 'mariadb', workload: 'w' }, counts)
  expect(thinOut(points, 10)).toHaveLength(10)
  expect(thinOut(points, 10)).toEqual(thinOut(points, 10))
  expect(thinOut(points, 10_000)).toBe(points)
})
