#!/usr/bin/env bash
# Boots one machine and stays until it is off. Runs inside the local cloud's namespaces.
# Paths are bound to /run/muster first, because nspawn's scratch folders in /tmp must not outlive a kill -9:
# /tmp becomes a file system of this machine's own.
set -o errexit -o nounset -o pipefail

machine=$1 rootfs=$2 folder=$3 bridge=$4 cgroup=$5 hostname=$6 uuid=$7 memory=$8 tasks=$9 disk=${10}

# One cgroup each: nspawn makes `payload` and `supervisor` in the one it was started in.
unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
for controller in "$unified" /sys/fs/cgroup/memory /sys/fs/cgroup/pids; do
  [[ -d $controller ]] || continue
  mkdir -p "$controller/$cgroup/$machine"
  # cgroup v2 and v1 name their limits differently; a limit that the kernel does not offer is no reason to fail.
  for limit in "memory.max=$memory" "memory.limit_in_bytes=$memory" "pids.max=$tasks"; do
    file=$controller/$cgroup/$machine/${limit%%=*}
    [[ ! -e $file ]] || echo "${limit#*=}" >"$file" || true
  done
  echo $$ >"$controller/$cgroup/$machine/cgroup.procs"
done

mkdir -p "/run/muster/$machine/image" "/run/muster/$machine/rootfs" "/run/muster/$machine/folder"
mount --bind "$rootfs" "/run/muster/$machine/image"
mount --bind "$folder" "/run/muster/$machine/folder"
mount -t overlay -o "lowerdir=/run/muster/$machine/image,upperdir=$disk/upper,workdir=$disk/work" \
  overlay "/run/muster/$machine/rootfs"
cd /
mount -t tmpfs tmpfs /tmp

# The journal outlives the machine, as evidence; images keep theirs in /run.
# Many machines share one root directory, each with an overlay of its own: no lock on it.
export SYSTEMD_NSPAWN_LOCK=0 SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
folder=/run/muster/$machine/folder

# What docker needs of a machine: its data beside the overlay; rootless networks and file systems are devices;
# containers join keyrings (the system calls below).
docker=("--bind=$disk/docker:/var/lib/docker")
for device in /dev/fuse /dev/net/tun; do
  [[ ! -e $device ]] || docker+=("--bind=$device")
done

exec systemd-nspawn --boot --quiet --register=no --keep-unit --console=pipe \
  --directory="/run/muster/$machine/rootfs" \
  --machine="$machine" --hostname="$hostname" --uuid="$uuid" \
  --network-bridge="$bridge" --resolv-conf=off --timezone=off --link-journal=no --system-call-filter="add_key keyctl bpf" \
  --bind-ro="$folder/host0.network:/etc/systemd/network/10-host0.network" \
  --bind-ro="$folder/50-local-cloud.conf:/etc/systemd/system.conf.d/50-local-cloud.conf" \
  --bind="$folder/journal:/run/log/journal" "${docker[@]}"
