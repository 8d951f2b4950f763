#!/usr/bin/env bash
# First process inside the local cloud's namespaces: makes its network, starts its services, reaps its orphans.
# When it ends, the kernel ends everything in here with it.
set -o errexit -o nounset -o pipefail

bridge=$1 address=$2 metadata=$3 cgroup=$4
shift 4

# nspawn and we leave files in /run: they must not outlive the cloud.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/muster

ip link set lo up
# Without an address of its own a bridge takes the lowest of its ports and changes it when that machine leaves; the others
# then send to the old one until their neighbour entries expire, which may take a minute.
ip link add "$bridge" address 02:4d:75:73:74:72 type bridge
ip address add "$address" dev "$bridge"
ip address add "$metadata/32" dev "$bridge"
ip link set "$bridge" up
# Machines reach this bridge, and through it neither each other nor anything else.
[[ $(</proc/sys/net/ipv4/ip_forward) == 0 ]]

# Everything in here belongs to the cloud's cgroup, so that what is left can be found by it.
unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
for controller in "$unified" /sys/fs/cgroup/memory /sys/fs/cgroup/pids; do
  [[ -d $controller ]] || continue
  mkdir -p "$controller/$cgroup/services"
  [[ $controller != "$unified" ]] || echo '+memory +pids' >"$controller/$cgroup/cgroup.subtree_control" 2>/dev/null || true
  echo $$ >"$controller/$cgroup/services/cgroup.procs"
done

# The end of standard input is the order to stop; bash would give a background job an empty one.
exec 3<&0
"$@" <&3 &
wait $!
