#!/bin/bash
# Stand-in of run.sh: keeps run-helper.sh going while it says 2. With RUNNER_MANUALLY_TRAP_SIG a signal to this script becomes SIGINT
# for the helper's process group, and after a signal the helper's status is this script's; otherwise any end is 0. As actions/runner,
# src/Misc/layoutroot/run.sh, to the number of its waits.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

go_on_after() {
  (($1 == 2)) && echo 'Restarting runner...' && return
  echo 'Exiting runner...'
  return 1
}

helper() { cp --force "$root/run-helper.sh.template" "$root/run-helper.sh"; }

if [[ -z ${RUNNER_MANUALLY_TRAP_SIG:-} ]]; then
  while helper && { "$root/run-helper.sh" "$@" || go_on_after $?; } do :; done
  exit 0
fi

set -o monitor
signaled=''
trap 'kill -INT -"$group"; signaled=yes' INT TERM
while helper; do
  "$root/run-helper.sh" "$@" &
  group=$!
  wait "$group"
  # The signal ended the waiting only. A second one ends this, too, and its status is no end of the helper.
  if [[ -n $signaled ]]; then
    wait "$group"
  fi
  # Without a signal 0, whatever the helper's, as there.
  status=$?
  go_on_after "$status" && continue
  # From here on a signal ends this script, though the helper may run yet.
  trap - INT TERM
  wait "$group"
  exit "$status"
done
