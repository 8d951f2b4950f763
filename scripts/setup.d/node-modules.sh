# shellcheck shell=bash
# node_modules, exactly as package-lock.json says.

plan_node_modules() {
  node scripts/setup.d/node-modules-current.js || printf 'directory node_modules (npm ci)\n'
}

do_node_modules() { npm ci --no-audit --no-fund; }

remedy_node_modules() { printf 'Check that npm reaches its registry (npm ping), then run "make setup" again.\n'; }
