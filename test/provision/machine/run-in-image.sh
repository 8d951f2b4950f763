#!/usr/bin/env bash
# Runs a command on a throw-away copy of an image, without booting it.
# Usage: run-in-image.sh ROOTFS SCRIPTS COMMAND…   SCRIPTS is /run/verify there.
set -o errexit -o nounset -o pipefail
rootfs=$1 scripts=$2
shift 2
# shellcheck disable=SC2016  # expanded by the inner shell
exec unshare --mount --pid --fork --kill-child=KILL --mount-proc bash -c '
  mount -t tmpfs -o mode=755 tmpfs /run
  exec systemd-nspawn --quiet --volatile=overlay --register=no --keep-unit --pipe --private-network \
    --directory="$0" --machine=image --bind-ro="$1:/run/verify" "${@:2}"' "$rootfs" "$scripts" "$@"
