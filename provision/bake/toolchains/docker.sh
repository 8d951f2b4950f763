#!/usr/bin/env bash
# Debian's docker. Whether a fleet has it running, and as whom, is said at boot (muster-docker.service).
set -o errexit -o nounset -o pipefail
systemctl disable --no-reload --quiet docker.service docker.socket containerd.service
# Containers of the rootful daemon are jobs too: they share the limits of the jobs, not the memory of what reports their end.
install -d /etc/docker
echo '{ "cgroup-parent": "job.slice", "log-driver": "local" }' >/etc/docker/daemon.json
