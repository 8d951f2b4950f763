import { describeAsRoot } from '../as-root';
import { bootGitlabMachine, type GitlabMachine, TOKEN } from './machine/gitlab';
import { until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

/** A pattern that does not match itself, where it stands in the job's own command line. */
const pattern = TOKEN.replace('c4n4ry', '[c]4n4ry');

describeAsRoot('A hostile job of GitLab', () => {
  let machine: GitlabMachine;
  beforeAll(async () => {
    machine = await bootGitlabMachine({
      ...image,
      boot: { MUSTER_SERVES: 'many-jobs', MUSTER_SLOTS: 2, MUSTER_IDLE_TIMEOUT: 600 },
    });
    await until('registered', async () => (await machine.managers()).length > 0, machine.journal);
  });
  afterAll(() => machine.stop());

  /** What it printed between two marks, and its exit code. */
  const run = async (script: string) => {
    const [id = ''] = await machine.enqueue({ command: `echo BEGIN; ${script}\necho END` });
    await until(
      `job ${id} has ended`,
      async () => ['succeeded', 'failed'].includes((await machine.job(id)).state),
      machine.journal,
    );
    const log = await machine.log(id);
    return {
      exitCode: (await machine.job(id)).exitCode,
      output: /BEGIN\n(.*?)(END|$)/s.exec(log)?.[1] ?? log,
    };
  };
  /** Those of the commands that succeed. */
  const succeed = async (commands: string[]) => {
    const tries = commands.map(
      (command, index) => `if (${command}) >/dev/null 2>&1; then echo 'went ${index}'; fi`,
    );
    const { output } = await run(tries.join('\n'));
    return [...output.matchAll(/went (\d+)/g)].map(([, index]) => commands[Number(index)]);
  };

  it('finds the token in no file, environment, memory or command line, and not in its own', async () => {
    const { output } = await run(`
      grep --recursive --binary-files=text --files-with-matches --no-messages '${pattern}' /run /etc /var /home /root /opt /srv /tmp || true
      cat /proc/[0-9]*/{environ,cmdline,mem} 2>/dev/null | grep --binary-files=text --count '${pattern}' || true
      env | grep --count '${pattern}' || true`);
    expect(output).toBe('0\n0\n');
    // The proof that the search would have found it, where only the agent reads.
    expect(
      machine.run('grep', '--recursive', '--count', TOKEN, '/run/muster/gitlab/config.toml').output,
    ).toBe('1\n');
    expect(
      machine.run('stat', '--format=%U %a', '/run/muster/gitlab', '/run/muster/gitlab/config.toml').output,
    ).toBe('muster-agent 700\nmuster-agent 600\n');
    expect(
      machine.run(
        'bash',
        '-c',
        `grep --text --count '${pattern}' /proc/[0-9]*/{cmdline,environ} 2>/dev/null | grep --invert-match ':0$'`,
      ).output,
    ).toBe('');
  });

  it('can neither become root nor touch what runs the instance', async () => {
    const commands = [
      'sudo -n id',
      'sudo -n /usr/lib/muster/job-unit stop',
      'systemctl stop muster-agent.service',
      'pkill -9 --uid muster-agent',
      'pkill -9 --full gitlab-run',
      'cat /run/muster/gitlab/config.toml',
      'ls /run/muster/gitlab',
      'ls /tmp/custom-executor*',
      'echo hi > /run/muster/jobs/1',
      'rm --force /run/muster/jobs/*',
      'gitlab-runner unregister --config /run/muster/gitlab/config.toml --name x',
      'curl --silent --fail --max-time 3 http://127.0.0.1:9252/metrics',
      "curl --silent --fail --max-time 3 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token",
    ];
    expect(await succeed(commands)).toEqual([]);
    expect(machine.run('systemctl', 'is-active', 'muster-agent.service').output).toBe('active\n');
  });

  it('does not choose by its variables which job it is or what the agent runs', async () => {
    const [id = ''] = await machine.enqueue({ command: 'echo "$CI_JOB_ID $CI_PROJECT_DIR"; env' });
    await until('ended', async () => (await machine.job(id)).state === 'succeeded', machine.journal);
    const log = await machine.log(id);
    expect(log).toContain(`/home/job/builds/${id}/acme/app`);
    // Of the agent's environment nothing came along.
    expect(log).not.toMatch(/MUSTER_|CREDENTIALS_DIRECTORY|JOB_RESPONSE_FILE/);
  });

  it('fails with its own exit code, and by a signal', async () => {
    expect((await run('exit 42')).exitCode).toBe(42);
    const [id = ''] = await machine.enqueue({ command: 'kill -9 $$' });
    await until('failed', async () => (await machine.job(id)).state === 'failed', machine.journal);
    expect(await machine.job(id)).toMatchObject({ runs: 1, reason: null });
  });
});
