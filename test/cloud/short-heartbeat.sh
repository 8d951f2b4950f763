#!/bin/bash
# On a machine, before it drains: it renews the heartbeat of its hook every two seconds.
set -o errexit -o nounset -o pipefail
folder=/run/systemd/system/muster-drain.service.d
mkdir --parents "$folder"
echo MUSTER_TERMINATING_HEARTBEAT=6 >/run/short-heartbeat.env
printf '[Service]\nEnvironmentFile=/run/short-heartbeat.env\n' >"$folder/short-heartbeat.conf"
systemctl daemon-reload
