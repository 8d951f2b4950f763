#!/usr/bin/env bash
# CircleCI's machine runner 3.
set -o errexit -o nounset -o pipefail
cd "$(dirname "$0")/.."
arch=$(dpkg --print-architecture)
archive=$(mktemp)
./fetch CIRCLECI_RUNNER "$arch" "$archive"
unpacked=$(mktemp --directory)
tar --extract --file "$archive" --directory "$unpacked" --no-same-owner
# The archive has held the program both at its root and in a folder.
program=$(find "$unpacked" -type f -name circleci-runner | head --lines=1)
[[ -n $program ]] || {
  echo "The machine runner's archive holds no file circleci-runner: $(find "$unpacked" -type f | tr '\n' ' ')" >&2
  exit 1
}
install --mode=755 "$program" /usr/bin/circleci-runner
rm --recursive --force "$archive" "$unpacked"
