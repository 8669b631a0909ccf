import { describe, expect, it } from 'vitest'
import { hasLateral } from './server-version.js'

describe('hasLateral(version)', () => {
  for (const [version, expected] of [
    ['8.0.12', false],
    ['8.0.13', true],
    ['8.0.36-0ubuntu0', true],
    ['8.4.0', true],
    ['9.7.4', true],
    ['5.7.44-log', false],
    ['10.11.19-MariaDB-1', false],
    ['11.4.2-MariaDB', false],
    ['', false],
  ] as const) {
    it(`is ${expected} for '${version}'`, () => expect(hasLateral(version)).toBe(expected))
  }
})
