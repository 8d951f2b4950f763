#!/usr/bin/env bash
# Amazon's agent of ECS, with what starts and supervises it. The package brings the agent's image along, so that nothing is
# downloaded at boot; its service is ours to start, once the instance is ready (ci/ecs-run).
set -o errexit -o nounset -o pipefail
cd "$(dirname "$0")/.."
package=$(mktemp --suffix=.deb)
./fetch ECS_INIT "$(dpkg --print-architecture)" "$package"
dpkg --install "$package"
rm "$package"
for unit in ecs.service amazon-ecs-volume-plugin.service amazon-ecs-volume-plugin.socket; do
  [[ ! -e /usr/lib/systemd/system/$unit && ! -e /lib/systemd/system/$unit ]] || systemctl disable --no-reload --quiet "$unit"
done
