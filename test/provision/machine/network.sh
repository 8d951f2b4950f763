#!/usr/bin/env bash
# One machine, its AWS, its CI and its metadata service in namespaces of their own; all of it ends with this process.
# Usage: [DISK=folder] network.sh RUN-DIR ROOTFS NSPAWN-ARGUMENT…   What the machine writes is kept in DISK, if given.
set -o errexit -o nounset -o pipefail
run=$1 rootfs=$2
shift 2

# A cgroup of its own: machines that share one kill each other's units, which have the same names.
cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)/$(basename "$run")
mkdir "$cgroup"
echo $$ >"$cgroup/cgroup.procs"

# nspawn keeps state in /run, under a name that all test machines share, and scratch folders in /tmp.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/test/rootfs /run/test/run
if [[ -n ${DISK:-} ]]; then
  mkdir -p "$DISK/upper" "$DISK/work"
  mount -t overlay -o "lowerdir=$rootfs,upperdir=$DISK/upper,workdir=$DISK/work" overlay /run/test/rootfs
  volatile=no
else
  mount --bind "$rootfs" /run/test/rootfs
  volatile=overlay
fi
mount --bind "$run" /run/test/run

ip link set lo up
ip link add br0 type bridge
ip address add 10.87.0.1/24 dev br0
ip address add 169.254.169.254/32 dev br0
# Credentials of ECS's tasks.
ip address add 169.254.170.2/32 dev br0
# IPv6's metadata address, to see that it is refused and not merely absent.
ip address add fd00:ec2::254/64 dev br0 nodad
ip link set br0 up

node --import tsx "$(dirname "$0")/cloud-process.ts" "$run/cloud.sock" &
until [[ -S $run/cloud.sock ]]; do sleep 0.05; done

export SYSTEMD_NSPAWN_LOCK=0 SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
# The system calls: docker's, which nspawn withholds by default.
machine=(systemd-nspawn --quiet --boot --volatile="$volatile" --register=no --keep-unit
  --system-call-filter='add_key keyctl bpf' --network-bridge=br0 --directory=/run/test/rootfs --machine=i-0test --console=pipe
  --bind-ro=/run/test/run/host0.network:/etc/systemd/network/10-host0.network
  --bind-ro=/run/test/run/manager.conf:/etc/systemd/system.conf.d/50-test.conf "$@")
cd /
status=133
# What nspawn ends with when the machine reboots: what is around the machine stays.
while ((status == 133)); do
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare --mount bash -c 'mount -t tmpfs tmpfs /tmp && exec "$@"' bash "${machine[@]}" && status=0 || status=$?
done
