#!/usr/bin/env bash
# HashiCorp's Nomad, of which an instance is a client. One program; no user, no service: both are ours.
set -o errexit -o nounset -o pipefail
cd "$(dirname "$0")/.."
archive=$(mktemp --suffix=.zip)
./fetch NOMAD "$(dpkg --print-architecture)" "$archive"
unpacked=$(mktemp --directory)
unzip -q "$archive" -d "$unpacked"
install --mode=755 "$unpacked/nomad" /usr/bin/nomad
# An image may be shared, and the licence goes with the program; the bake removes what is below /usr/share/doc.
[[ ! -f $unpacked/LICENSE.txt ]] || install -D --mode=644 "$unpacked/LICENSE.txt" /usr/lib/nomad/LICENSE.txt
rm --recursive --force "$archive" "$unpacked"
