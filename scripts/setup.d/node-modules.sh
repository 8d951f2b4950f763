# shellcheck shell=bash
# node_modules, exactly as package-lock.json says.

plan_node_modules() {
  node scripts/setup.d/node-modules-current.js || printf 'directory node_modules (npm ci)\n'
}

# npm 11 refuses (`ci`) a lock that misses packages for other platforms, as one written behind a registry without them does;
# `install --no-save` takes the same versions from the lock and leaves it as it is.
do_node_modules() {
  npm ci --prefer-offline --no-audit --no-fund ||
    npm install --no-save --prefer-offline --no-audit --no-fund
}

remedy_node_modules() { printf 'Check that npm reaches its registry (npm ping), then run "make setup" again.\n'; }
