#!/usr/bin/env bash
# First process of a container of a Fargate task, in new namespaces: an overlay over the image, the file systems that a
# container has, then enter_container.py. What the container writes lies in FOLDER, which the caller removes.
set -o errexit -o nounset -o pipefail

image=$1 folder=$2 hostname=$3 python=$4

mount --make-rprivate /
hostname "$hostname"
mkdir -p "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay -o "lowerdir=$image,upperdir=$folder/upper,workdir=$folder/work" overlay "$folder/root"
cd "$folder/root"
mkdir -p proc sys dev etc tmp
mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o nosuid,nodev,noexec,ro sysfs sys
mount -t tmpfs -o nosuid,mode=755 tmpfs dev
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
mount -t tmpfs -o nosuid,nodev,noexec,mode=1777 tmpfs dev/shm
for device in null zero full random urandom tty; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
ln -s pts/ptmx dev/ptmx
# Not through links of the image.
for file in hosts hostname resolv.conf; do
  rm -f "etc/$file"
  cp "$folder/etc/$file" "etc/$file"
done

exec "$python" -I "$(dirname "${BASH_SOURCE[0]}")/enter_container.py" "$folder/spec.json"
