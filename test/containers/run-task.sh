#!/usr/bin/env bash
# Runs an image as ECS would: its user and entry point, a root of its own that is thrown away, the processes in a namespace of their
# own. Usage: run-task.sh ROOTFS WORK ENTRYPOINT…   The environment is the container's; WORK is an empty folder.
set -o errexit -o nounset -o pipefail
rootfs=$1 work=$2
shift 2
mkdir "$work"/{upper,layer,root}
mount -t overlay -o "lowerdir=$rootfs,upperdir=$work/upper,workdir=$work/layer" overlay "$work/root"
mount -t proc -o nosuid,nodev,noexec proc "$work/root/proc"
mount -t tmpfs -o mode=755 tmpfs "$work/root/dev"
for name in null zero full random urandom tty; do
  touch "$work/root/dev/$name"
  mount --bind "/dev/$name" "$work/root/dev/$name"
done
ln --symbolic /proc/self/fd "$work/root/dev/fd"
# No new rights, whatever a program's bits say.
exec chroot "$work/root" setpriv --pdeathsig KILL --reuid=1001 --regid=1001 --clear-groups --no-new-privs --bounding-set=-all "$@"
