const { existsSync, readFileSync } = require('node:fs');

/** The suites in those of jest's JSON files that are there, by path. */
function readSuites(paths) {
  const suites = paths
    .filter((path) => existsSync(path))
    .flatMap((path) => JSON.parse(readFileSync(path, 'utf8')).testResults);
  return new Map(suites.map((suite) => [suite.name, suite]));
}

const isFailed = ({ status }) => status === 'failed';

module.exports = { readSuites, isFailed };
