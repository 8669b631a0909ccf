import { expect, test } from 'vitest'
import { countsOf } from './test-report.mjs'

const report = (passed, failed, files = []) =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults: files })

test('tests are counted as the report counts them', () => {
  expect(countsOf(report(3, 2), 1)).toEqual({ passed: 3, failed: 2 })
})

test('a file that could not be loaded is a failure', () => {
  expect(countsOf(report(3, 0, [{ status: 'failed', assertionResults: [] }]), 1)).toEqual({
    passed: 3,
    failed: 1,
  })
})

test('a run that fails with no failed test is a failure', () => {
  expect(countsOf(report(3, 0), 1)).toEqual({ passed: 3, failed: 1 })
  expect(countsOf(undefined, 0)).toEqual({ passed: 0, failed: 1 })
})
