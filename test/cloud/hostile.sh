#!/bin/bash
# A hostile job: tries what it should not get and says of each whether it got it. Runs as a job runs: under the agent's
# command prefix. Every attempt prints one line, "got NAME" or "denied NAME".
set -o nounset -o pipefail
: "${AWS_ENDPOINT_URL:?a job of the local cloud knows where its AWS is}"

try() {
  local name=$1 output
  shift
  if output=$("$@" 2>/dev/null) && [[ -n $output ]]; then echo "got $name"; else echo "denied $name"; fi
}
# Prints something only if a file that matches can be read.
readable() { cat "$@" 2>/dev/null | head --bytes=200; }
environments() {
  local file
  for file in /proc/[0-9]*/environ; do
    [[ $file == "/proc/$$/environ" || -O $file ]] || readable "$file"
  done
}
memories() {
  local folder
  for folder in /proc/[0-9]*; do
    [[ -O $folder/mem ]] || dd if="$folder/mem" bs=1 count=1 2>/dev/null
  done
}
imds() { curl --silent --fail --max-time 3 "$@"; }
kill_agent() {
  local pid
  for pid in $(pgrep --euid muster-agent) 1; do kill -9 "$pid" && echo "$pid"; done
}
put_token() { imds --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$1/latest/api/token"; }

try metadata-token put_token http://169.254.169.254
try metadata-token-v6 put_token 'http://[fd00:ec2::254]'
try metadata-document imds http://169.254.169.254/latest/meta-data/instance-id
try token-file readable /run/muster/runner-token /run/credentials/*/* /etc/circleci-runner/*token*
try environments environments
try memories memories
try sudo sudo --non-interactive id
try root-job sudo --non-interactive /usr/lib/muster/job-unit start id
try poweroff bash -c 'systemctl poweroff && echo done'
try stop-agent bash -c 'systemctl stop muster-agent.service && echo done'
try kill-agent kill_agent
try run-as-root bash -c 'systemd-run --wait --pipe id'
try crontab bash -c 'echo "* * * * * true" | crontab - && crontab -l'
try write-muster bash -c 'touch /run/muster/x /usr/lib/muster/x /etc/muster/x && echo done'
try docker docker ps
# Without credentials nothing of AWS, and nothing of what stands behind the local one.
terminate='Action=TerminateInstanceInAutoScalingGroup&Version=2011-01-01&InstanceId=i-0&ShouldDecrementDesiredCapacity=true'
try aws-unsigned imds "$AWS_ENDPOINT_URL/" --data 'Action=DescribeAutoScalingGroups&Version=2011-01-01'
try aws-invented imds "$AWS_ENDPOINT_URL/" --aws-sigv4 aws:amz:us-east-1:autoscaling --user operator:operator --data "$terminate"
try back-door imds "$AWS_ENDPOINT_URL/_local/calls"
echo finished
