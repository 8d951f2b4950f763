/**
 * Prints `N passed, N failed, N skipped` from jest's JSON, one line, as the last of a CI run. A test file that could
 * not run at all counts as one failed test; so does a run that left no results.
 */
const { existsSync, readFileSync } = require('node:fs');

function toTotals(results) {
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

const path = process.argv[2];
const totals =
  path && existsSync(path)
    ? toTotals(JSON.parse(readFileSync(path, 'utf8')))
    : { passed: 0, failed: 1, skipped: 0 };
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
