#!/usr/bin/env bash
# GitLab's runner, taken out of the official package instead of installed: the package's script creates a user with a
# login shell and starts a service that runs jobs as that user, neither of which may be on an instance of ours. And the
# package depends on gitlab-runner-helper-images, hundreds of MB with the helper of every architecture and flavour, of
# which the docker executor pulls the one that it needs, and the shell executor none.
set -o errexit -o nounset -o pipefail
cd "$(dirname "$0")/.."
package=$(mktemp --suffix=.deb)
./fetch GITLAB_RUNNER "$(dpkg --print-architecture)" "$package"
unpacked=$(mktemp --directory)
dpkg-deb --extract "$package" "$unpacked"
# In the PATH of jobs: their scripts call it for artifacts and caches.
install --mode=755 "$unpacked/usr/bin/gitlab-runner" /usr/bin/gitlab-runner
rm --recursive --force "$package" "$unpacked"
# For the docker executor: a rootless daemon's socket is the job user's, a rootful one's the group docker's. A job is in no
# group of the agent.
usermod --append --groups "job$(getent group docker >/dev/null && echo ,docker)" muster-agent
