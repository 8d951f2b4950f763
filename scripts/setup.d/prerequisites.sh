# shellcheck shell=bash
# What setup cannot install itself: says what is missing and how to get it.

check_prerequisites() {
  local missing=0
  [[ $(uname -s) == Linux ]] ||
    printf 'Note: this is not Linux; "make local" and the tests that boot machines need Linux with root.\n' >&2
  if ! command -v node >/dev/null || ! node -e '
      const [major, minor] = process.versions.node.split(".").map(Number);
      process.exit(major > 20 || (major === 20 && minor >= 12) ? 0 : 1)'; then
    printf 'Node 20.12 or newer is missing (found: %s).\n  Get it from https://nodejs.org/en/download or as a Debian package from https://github.com/nodesource/distributions\n' \
      "$(node --version 2>/dev/null || echo none)" >&2
    missing=1
  fi
  if ! command -v npm >/dev/null; then
    printf 'npm is missing. Debian and Ubuntu: apt-get install npm\n' >&2
    missing=1
  fi
  if ! command -v python3 >/dev/null || ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
    printf 'Python 3.10 or newer is missing (found: %s). Debian and Ubuntu: apt-get install python3\n' \
      "$(python3 --version 2>/dev/null || echo none)" >&2
    missing=1
  fi
  return "$missing"
}
