#!/usr/bin/env bash
# One machine, its AWS, its CI and its metadata service in namespaces of their own; all of it ends with this process.
# Usage: network.sh RUN-DIR ROOTFS NSPAWN-ARGUMENT…
set -o errexit -o nounset -o pipefail
run=$1 rootfs=$2
shift 2

# nspawn keeps the state of a machine here, under a name that all test machines share.
mount -t tmpfs -o mode=755 tmpfs /run
ip link set lo up
ip link add br0 type bridge
ip address add 10.87.0.1/24 dev br0
ip address add 169.254.169.254/32 dev br0
# IPv6's metadata address, to see that it is refused and not merely absent.
ip address add fd00:ec2::254/64 dev br0 nodad
ip link set br0 up

node --import tsx "$(dirname "$0")/cloud-process.ts" "$run/cloud.sock" &
until [[ -S $run/cloud.sock ]]; do sleep 0.05; done

# The system calls: docker's, which nspawn withholds by default.
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec systemd-nspawn --quiet --boot --volatile=overlay --register=no --keep-unit \
  --system-call-filter='add_key keyctl bpf' --network-bridge=br0 --directory="$rootfs" --machine=i-0test --console=pipe \
  --bind-ro="$run/host0.network:/etc/systemd/network/10-host0.network" \
  --bind-ro="$run/manager.conf:/etc/systemd/system.conf.d/50-test.conf" "$@"
