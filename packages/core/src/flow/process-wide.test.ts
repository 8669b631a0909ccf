import { expect, test, vi } from 'vitest'
import { processWide } from './process-wide.js'

test('two copies of the module have the same thing of one name, and others of other names', async () => {
  const made = processWide('comeback.test.one', () => new Set<string>())
  vi.resetModules()
  const copy = await import('./process-wide.js')
  expect(copy.processWide).not.toBe(processWide)
  expect(copy.processWide('comeback.test.one', () => new Set<string>())).toBe(made)
  expect(copy.processWide('comeback.test.other', () => new Set<string>())).not.toBe(made)
})
