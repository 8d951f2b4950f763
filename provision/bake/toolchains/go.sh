#!/usr/bin/env bash
# Go as go.dev publishes it.
set -o errexit -o nounset -o pipefail
cd "$(dirname "$0")/.."
archive=$(mktemp)
./fetch GO "$(dpkg --print-architecture)" "$archive"
tar --extract --file "$archive" --directory /usr/local --no-same-owner --exclude='go/test' --exclude='go/doc' --exclude='go/api'
rm "$archive"
ln --symbolic --force ../go/bin/go ../go/bin/gofmt /usr/local/bin/
