/**
 * Prints `N passed, N failed, N skipped` from jest's JSON files, one line, as the last of a CI run. A test file that
 * could not run at all counts as one failed test; so does a run that left no results.
 */
const { existsSync, readFileSync } = require('node:fs');

const NOTHING = { passed: 0, failed: 1, skipped: 0 };

function toTotals(path) {
  if (!existsSync(path)) return NOTHING;
  const results = JSON.parse(readFileSync(path, 'utf8'));
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

const runs = process.argv.slice(2).map(toTotals);
const sum = (key) => (runs.length > 0 ? runs : [NOTHING]).reduce((total, run) => total + run[key], 0);
const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(sum);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
