import { describeAsRoot } from '../as-root';
import { agentThatWaits } from './machine/agents';
import { perfectState } from './machine/cloud';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

describeAsRoot('A hostile job', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootMachine({ ...image, files: agentThatWaits });
    await until('the agent waits', () => machine.calls('CI /agent/waits').length > 0);
  });
  afterAll(() => machine.stop());

  /** Runs bash as a job runs: by the agent's user, through the command prefix. */
  const job = (script: string) =>
    machine.run(
      ...['setpriv', '--reuid=muster-agent', '--regid=muster-agent', '--init-groups'],
      ...['/usr/lib/muster/job', 'bash', '-c', script],
    );
  const attempts = (scripts: string[]) =>
    scripts.map((script) => ({ script, ...job(script) })).filter(({ status }) => status === 0);

  it('runs as the job user, with the exit status of its own, and input and output of the agent', () => {
    expect(job('id -un; exit 7')).toEqual({ status: 7, output: 'job\n' });
  });

  it('reaches no metadata service, over IPv4 or IPv6, while root does', async () => {
    const token = "curl -sf -m 3 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'";
    const urls = ['http://169.254.169.254/latest/api/token', 'http://[fd00:ec2::254]/latest/api/token'];
    for (const url of urls)
      await until(
        `root reaches ${url}`,
        () => machine.run('bash', '-c', `${token} '${url}'`).output === 'metadata-token',
      );
    expect(attempts(urls.map((url) => `${token} '${url}'`))).toEqual([]);
    // Nor from namespaces of its own, where it would be root.
    expect(attempts(urls.map((url) => `unshare --user --map-root-user ${token} '${url}'`))).toEqual([]);
  });

  it("finds the runner's token in no file, environment or command line", () => {
    // A pattern that does not match itself, where it stands in the job's own command line.
    const pattern = perfectState.token?.replace('token', '[t]oken');
    const inFiles = job(
      `grep --recursive --binary-files=text --files-with-matches --no-messages '${pattern}' /run /etc /var /home /root /opt /srv /tmp; true`,
    );
    const inOthers = job(
      `cat /proc/[0-9]*/{environ,cmdline} /proc/[0-9]*/mem 2>/dev/null | grep --binary-files=text --count '${pattern}'; true`,
    );
    expect(inFiles.output).toBe('');
    expect(inOthers.output).toBe('0\n');
    // The proof that the search would have found it.
    const agent = machine
      .run('systemctl', 'show', '--property=MainPID', '--value', 'muster-agent')
      .output.trim();
    expect(
      machine
        .run('grep', '--count', '--binary-files=text', 'stand-in-token', `/proc/${agent}/environ`)
        .output.trim(),
    ).toBe('1');
    expect(machine.run('ls', '/run/muster/runner-token').status).not.toBe(0);
  });

  it('can neither become root nor touch what runs the instance', () => {
    expect(
      attempts([
        'sudo -n id',
        'sudo -n /usr/lib/muster/job-unit stop',
        'su -c id',
        'systemctl poweroff',
        'systemctl stop muster-agent.service',
        'systemctl start muster-leave.service',
        'systemctl set-environment AWS_ENDPOINT_URL=http://10.0.0.1',
        'systemd-run --no-ask-password id',
        'busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager PowerOff b false',
        'kill -9 $(systemctl show --property=MainPID --value muster-agent)',
        'nft flush ruleset',
        'echo hi > /run/muster/boot.env',
        'echo hi > /run/muster/job-ended',
        'cat /run/credentials/muster-agent.service/runner-token',
        'cat /var/lib/muster-agent/*',
        'cp /bin/bash /home/job/x && sudo -n chown root /home/job/x',
        'mount -t tmpfs tmpfs /mnt',
        'dmesg',
        'reboot -f',
      ]),
    ).toEqual([]);
    expect(machine.isOff()).toBe(false);
  });

  it('leaves nothing behind: no process, no timer, no unit', async () => {
    job('setsid nohup sleep 4243 >/dev/null 2>&1 & (trap "" TERM HUP; setsid sleep 4244) & sleep 0.2; true');
    await until('no process of the job user', () => machine.run('pgrep', '--uid', 'job').status === 1);
    expect(job('systemctl --user status || crontab -l || at now').status).not.toBe(0);
  });

  it('that eats the memory does not take the agent along: it is the first to be ended', () => {
    const agent = machine
      .run('systemctl', 'show', '--property=MainPID', '--value', 'muster-agent')
      .output.trim();
    const ofAgent = Number(machine.run('cat', `/proc/${agent}/oom_score_adj`).output);
    expect(Number(job('cat /proc/self/oom_score_adj').output)).toBeGreaterThan(ofAgent);
  });

  it('ends when the agent signals its command prefix', async () => {
    const prefix =
      'setpriv --reuid=muster-agent --regid=muster-agent --init-groups /usr/lib/muster/job sleep 4245';
    machine.run(
      'systemd-run',
      '--unit=prefix',
      '--property=KillMode=process',
      'bash',
      '-c',
      `exec ${prefix}`,
    );
    await until('it runs', () => machine.run('pgrep', '--uid', 'job', '--full', 'sleep 4245').status === 0);
    machine.run(
      'setpriv',
      '--reuid=muster-agent',
      '--clear-groups',
      'pkill',
      '--full',
      '^/bin/bash /usr/lib/muster/job sleep',
    );
    await until('it has ended', () => machine.run('pgrep', '--uid', 'job').status === 1);
  });

  it('gets nothing of the environment of the agent', () => {
    expect(job('env').output).not.toMatch(/CIRCLECI|TOKEN|MUSTER/);
  });
});

describeAsRoot('A job behind a proxy', () => {
  it('has the proxy, and so has the agent; the metadata service never goes through it', async () => {
    const machine = await bootMachine({
      ...image,
      files: agentThatWaits,
      // Nothing listens there: a call that took it would fail, so AWS and CI are named as direct.
      boot: { MUSTER_PROXY: 'http://10.87.0.1:3128', MUSTER_NO_PROXY: '10.87.0.1' },
    });
    try {
      await until('the agent waits', () => machine.calls('CI /agent/waits').length > 0);
      const env = machine.run('/usr/lib/muster/job-unit', 'start', 'env').output;
      expect(env).toContain('https_proxy=http://10.87.0.1:3128');
      expect(env).toMatch(/no_proxy=\S*169\.254\.169\.254\S*,10\.87\.0\.1/);
    } finally {
      await machine.stop();
    }
  });
});
