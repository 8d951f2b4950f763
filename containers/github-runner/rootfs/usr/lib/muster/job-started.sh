#!/bin/bash
# GitHub's runner calls this before the first step of a job (ACTIONS_RUNNER_HOOK_JOB_STARTED); a failure here would be the job's.
touch "$HOME/.muster-job-started" || true
jq --raw-output '"Image of the runner: GitHub runner \(.versions.actions_runner), commit \(.commit), with \(.toolchains | join(", "))."' \
  /etc/muster/image.json || true
