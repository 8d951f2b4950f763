#!/usr/bin/env bash
# Boots the root directory of a bake, with the host's network and an sshd that only Packer's key opens. Runs as the
# first process of namespaces of its own. Everything brought along is bound below /run: nothing of it stays in the image.
set -o errexit -o nounset -o pipefail

rootfs=$1 folder=$2 cgroup=$3
machine=muster-bake

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/muster/rootfs /run/muster/folder
mount --bind "$rootfs" /run/muster/rootfs
mount --bind "$folder" /run/muster/folder
cd /
mount -t tmpfs tmpfs /tmp

unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
mkdir -p "$unified/$cgroup"
echo $$ >"$unified/$cgroup/cgroup.procs"

export SYSTEMD_NSPAWN_LOCK=0 SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
# The host's own sshd may be on port 22, and no cloud is here for cloud-init to find.
exec systemd-nspawn --boot --quiet --register=no --keep-unit --console=pipe \
  --directory=/run/muster/rootfs --machine="$machine" --resolv-conf=off --timezone=off --link-journal=no \
  --bind-ro=/run/muster/folder/ssh:/run/muster-bake \
  --bind-ro=/run/muster/folder/bake-sshd.service:/run/systemd/system/bake-sshd.service \
  systemd.wants=bake-sshd.service systemd.mask=ssh.service systemd.mask=ssh.socket cloud-init=disabled
