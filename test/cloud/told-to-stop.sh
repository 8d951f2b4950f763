#!/bin/bash
# On a machine that drains: prints `told` once its agent knows that it is to take no more jobs.
set -o errexit -o nounset -o pipefail
[[ $(systemctl show --property=ActiveState --value muster-drain.service) == activating ]] || exit 0
[[ $(systemctl show --property=ActiveState --value muster-agent.service) != active ]] || exit 0
# systemd tells our script, which tells GitLab's agent. The brackets, because this text is an argument itself.
! pgrep --full 'gitla[b]-runner.* run' >/dev/null ||
  journalctl --quiet --unit muster-agent.service --grep 'Starting graceful shutdown' --lines 1 | grep --quiet . || exit 0
echo told
