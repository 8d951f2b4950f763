#!/usr/bin/env bash
# Node.js as nodejs.org publishes it.
set -o errexit -o nounset -o pipefail
cd "$(dirname "$0")/.."
declare -A names=([amd64]=x64 [arm64]=arm64)
archive=$(mktemp)
./fetch NODE "${names[$(dpkg --print-architecture)]}" "$archive"
tar --extract --file "$archive" --directory /usr/local --strip-components=1 --no-same-owner --exclude='*.md' --exclude='*/share/*' --exclude='*/include/*'
rm "$archive"
