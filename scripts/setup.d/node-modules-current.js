/**
 * Exit status 0 when node_modules holds what package-lock.json asks for. npm writes its own record,
 * node_modules/.package-lock.json, at the end of an install, so an interrupted one counts as missing.
 * JavaScript, because tsx is not there before the first set-up.
 */
const { readFileSync } = require('node:fs');

const readPackages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

function isCurrent() {
  try {
    const installed = readPackages('node_modules/.package-lock.json');
    return Object.entries(readPackages('package-lock.json')).every(([path, wanted]) => {
      if (path === '' || wanted.link) return true;
      const found = installed[path];
      return found ? found.version === wanted.version : wanted.optional || wanted.devOptional || wanted.peer;
    });
  } catch {
    return false;
  }
}

process.exitCode = isCurrent() ? 0 : 1;
