/**
 * Prints `N passed, N failed, N skipped` from jest's JSON files, as the last line of a CI run. A suite that could not run at all
 * counts as one failed test; so does a run that left no results. `--again FILE`: the suites that were tried again,
 * which count instead; what passed only then is named.
 */
const { existsSync } = require('node:fs');
const { relative } = require('node:path');
const { parseArgs } = require('node:util');
const { isFailed, readSuites } = require('./read-suites');

const { values, positionals } = parseArgs({ options: { again: { type: 'string' } }, allowPositionals: true });
const before = readSuites(positionals);
const again = readSuites(values.again ? [values.again] : []);
const suites = new Map([...before, ...again]);

const tests = [...suites.values()].flatMap(({ assertionResults }) => assertionResults);
const count = (...statuses) => tests.filter(({ status }) => statuses.includes(status)).length;
const broken = [...suites.values()].filter(
  (suite) => isFailed(suite) && !suite.assertionResults.some(isFailed),
);
const lost = positionals.filter((path) => !existsSync(path)).length;

for (const { name, assertionResults } of [...before.values()].filter(isFailed)) {
  if (isFailed(suites.get(name))) continue;
  const titles = assertionResults.filter(isFailed).map(({ fullName }) => fullName);
  console.log(
    `Passed only when tried again: ${relative('', name)}: ${titles.join('; ') || 'the suite could not run'}`,
  );
}
const [passed, failed] = [count('passed'), count('failed') + broken.length + lost];
console.log(`${passed} passed, ${failed} failed, ${count('pending', 'todo')} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
