#!/usr/bin/env bash
# Outlives the process that owns a local cloud by a moment: when that is gone, however it went, its standard input
# ends, the kernel has ended all processes of the cloud, and only empty cgroups are left to remove.
set -o errexit -o nounset -o pipefail

cgroup=$1
trap '' INT TERM HUP
cat >/dev/null

remove_cgroups() {
  find /sys/fs/cgroup -mindepth 1 -type d -path "*/$cgroup*" -depth -exec rmdir {} + 2>/dev/null || true
  [[ -z $(find /sys/fs/cgroup -type d -name "$cgroup" 2>/dev/null) ]]
}

for _ in {1..100}; do
  if remove_cgroups; then exit 0; fi
  sleep 0.1
done
echo "cgroups of $cgroup are still in use" >&2
exit 1
