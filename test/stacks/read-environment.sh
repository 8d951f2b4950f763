#!/usr/bin/env bash
# read-environment FILE NAME...: the values that bash reads from an environment file, one a line.
set -o errexit -o nounset -o pipefail
# shellcheck disable=SC1090
source "$1"
shift
for name in "$@"; do printf '%s\n' "${!name}"; done
