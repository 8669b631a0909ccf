import { ComebackConfigError } from '@comeback/core'
import { describe, expect, it } from 'vitest'
import { checkVersion } from './check-version.js'

describe('checkVersion', () => {
  it('takes the Prisma that is installed, and every later 7', () => {
    expect(() => checkVersion()).not.toThrow()
    for (const version of ['7.10.0', '7.10.1', '7.11.0-dev.3'])
      expect(() => checkVersion(version)).not.toThrow()
  })

  for (const version of ['6.19.0', '7.9.1', '8.0.0', '70.0.0', '', null]) {
    it(`refuses ${version === null ? 'none' : `“${version}”`} by name`, () => {
      expect(() => checkVersion(version)).toThrow(ComebackConfigError)
      expect(() => checkVersion(version)).toThrow(/@prisma\/client.*Prisma 7/s)
    })
  }
})
