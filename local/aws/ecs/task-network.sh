#!/usr/bin/env bash
# The network of a Fargate task: `up` makes a namespace with one interface on the cloud's bridge, `down` removes it.
set -o errexit -o nounset -o pipefail

command=$1 name=$2
if [[ $command == down ]]; then
  ip netns delete "$name" 2>/dev/null || true
  exit
fi

bridge=$3 address=$4 gateway=$5
# An interface's name has at most 15 bytes.
port=t-${name:0:12}
ip netns add "$name"
ip link add "$port" type veth peer name eth0 netns "$name"
ip link set "$port" master "$bridge" up
# Tasks reach the cloud, and neither each other nor machines.
bridge link set dev "$port" isolated on
ip route replace "$address/32" dev "$bridge"
# The address may have been another's a moment ago.
ip neigh flush to "$address" dev "$bridge" || true
ip -n "$name" link set lo up
ip -n "$name" link set eth0 up
ip -n "$name" address add "$address/32" dev eth0
ip -n "$name" route add "$gateway/32" dev eth0
ip -n "$name" route add default via "$gateway"
