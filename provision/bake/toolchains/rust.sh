#!/usr/bin/env bash
# Rust as static.rust-lang.org publishes it, without rustup: one version, the pinned one.
set -o errexit -o nounset -o pipefail
cd "$(dirname "$0")/.."
declare -A names=([amd64]=x86_64 [arm64]=aarch64)
archive=$(mktemp)
unpacked=$(mktemp --directory)
./fetch RUST "${names[$(dpkg --print-architecture)]}" "$archive"
tar --extract --file "$archive" --directory "$unpacked" --strip-components=1 --no-same-owner --exclude='*/rust-docs*' --exclude='*/share/doc/*'
# Each component is a tree of its own, with a manifest beside its folders.
for component in "$unpacked"/{rustc,cargo,rust-std-*,clippy-preview,rustfmt-preview}; do
  rm --force "$component/manifest.in"
  cp --recursive "$component/." /usr/local/
done
rm --recursive --force "$archive" "$unpacked"
ldconfig
