/**
 * Counts from vitest's JSON report. What has no test of its own to blame counts as one failure each: a file that
 * could not be loaded, and a run that failed otherwise (an unhandled rejection, a crash, no report at all).
 *
 * @param {string | undefined} text the report, if one was written
 * @param {number} status with which the run ended
 * @returns {{ passed: number, failed: number }}
 */
export function countsOf(text, status) {
  if (text === undefined) return { passed: 0, failed: 1 }
  const report = JSON.parse(text)
  const broken = report.testResults.filter(
    file => file.status === 'failed' && file.assertionResults.length === 0,
  )
  const failed = report.numFailedTests + broken.length
  return { passed: report.numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed }
}
