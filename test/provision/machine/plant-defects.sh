#!/usr/bin/env bash
# Plants each defect that verify-image must find, then runs it. On a throw-away copy of the image.
set -o nounset
mkdir -p /root/.ssh /home/job/.ssh /root/.aws /var/lib/cloud/instances/i-1 /var/lib/dhcp
echo key | tee /etc/ssh/ssh_host_ed25519_key /root/.ssh/authorized_keys >/dev/null
echo 0123456789abcdef0123456789abcdef >/etc/machine-id
echo seed >/var/lib/systemd/random-seed
echo log >/var/log/dpkg.log
mkdir -p /var/lib/apt/lists && echo list >/var/lib/apt/lists/deb.debian.org_main
echo lease >/var/lib/dhcp/eth0.leases
echo history >/root/.bash_history
echo 'api: {auth_token: x}' | sed 's/{//; s/}//' >>/etc/circleci-runner/circleci-runner-config.yaml
echo key >/root/.aws/credentials
mkdir -p /etc/netplan /var/lib/amazon/ssm/Vault && echo mac >/etc/netplan/50-cloud-init.yaml
echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/muster-bake
echo 'job ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/job
usermod --append --groups adm job
useradd --uid 2001 intruder
systemctl disable --quiet muster-watch.service muster-watchdog.timer
rm -f /etc/systemd/system/ssh.service && systemctl enable --quiet ssh.service
echo 'table inet muster { chain broken' >>/etc/muster/firewall.nft
echo 'allow_userdata: true' >/etc/cloud/cloud.cfg.d/90-muster.cfg
printf '#!/bin/sh\necho 0.0.0-other\n' >/usr/bin/circleci-runner
printf '#!/bin/sh\nexit 1\n' >/usr/bin/git
mkdir -p /var/lib/muster && touch /var/lib/muster/served
# What the script of GitLab's package does.
useradd --system --shell /bin/bash gitlab-runner
printf '[Service]\nExecStart=/usr/bin/gitlab-runner run\n[Install]\nWantedBy=multi-user.target\n' >/etc/systemd/system/gitlab-runner.service
systemctl enable --quiet gitlab-runner.service
mkdir -p /etc/gitlab-runner && echo 'concurrent = 1' >/etc/gitlab-runner/config.toml
exec bash "$(dirname "$0")/verify-image"
