#!/usr/bin/env bash
# Debian's docker. Whether a fleet has it running, and as whom, is said at boot (muster-docker.service).
set -o errexit -o nounset -o pipefail
systemctl disable docker.service docker.socket containerd.service
