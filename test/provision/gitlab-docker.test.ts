import { describeAsRoot } from '../as-root';
import { bootGitlabMachine, type GitlabMachine, TOKEN } from './machine/gitlab';
import { until } from './machine/machine';
import { useImage } from './machine/rootfs';

jest.setTimeout(240_000);

const baked = useImage();

const SOCKETS = { rootless: '/run/muster-docker/docker.sock', rootful: '/run/docker.sock' };
/** An image with bash and a few tools, made of the machine's own. */
const image = `set -e
  cd "$(mktemp --directory)" && mkdir tiny tiny/tmp
  for tool in bash cat mkdir grep id curl sleep touch; do
    cp --parents --dereference $(ldd "/usr/bin/$tool" | grep --only-matching '/[^ ]*') "/usr/bin/$tool" tiny/
  done
  mkdir --parents tiny/etc && echo tiny >tiny/etc/image
  tar --directory tiny --create . | docker import - tiny >/dev/null`;

async function withDocker(docker: 'rootless' | 'rootful', play: (machine: GitlabMachine) => Promise<void>) {
  const machine = await bootGitlabMachine({
    ...baked,
    boot: {
      MUSTER_DOCKER: docker,
      MUSTER_EXECUTOR: 'docker',
      MUSTER_DOCKER_IMAGE: 'tiny',
      MUSTER_SERVES: 'many-jobs',
      MUSTER_IDLE_TIMEOUT: 600,
    },
    tmpfs: ['/var/lib/docker', '/home/job/.local/share/docker:uid=2000,gid=2000'],
  });
  try {
    await until('registered', async () => (await machine.managers()).length > 0, machine.journal, 120);
    const socket = `unix://${SOCKETS[docker]}`;
    const made = machine.run('env', `DOCKER_HOST=${socket}`, 'bash', '-c', image);
    if (made.status !== 0) throw new Error(`no image: ${made.output}`);
    await play(machine);
  } finally {
    await machine.stop();
  }
}
const run = async (machine: GitlabMachine, command: string) => {
  const [id = ''] = await machine.enqueue({ command, image: 'tiny' });
  await until(
    `job ${id} has ended`,
    async () => ['succeeded', 'failed'].includes((await machine.job(id)).state),
    () => machine.journal(),
  );
  return { ...(await machine.job(id)), log: await machine.log(id) };
};

describeAsRoot('The docker executor', () => {
  it.each(['rootless', 'rootful'] as const)(
    '%s: runs a job in a container that reaches neither metadata nor daemon nor token, and notes it while it runs',
    (docker) =>
      withDocker(docker, async (machine) => {
        const job = await run(
          machine,
          `echo "in $(</etc/image)"
           for socket in ${Object.values(SOCKETS).join(' ')} /var/run/docker.sock; do [[ ! -e $socket ]] || echo "daemon $socket"; done
           ! curl --silent --max-time 3 --request PUT http://169.254.169.254/latest/api/token || echo metadata
           grep --recursive --binary-files=text --files-with-matches --no-messages '${TOKEN.replace('c4n4ry', '[c]4n4ry')}' /builds /tmp /etc /proc/self/environ || true
           exit 5`,
        );
        expect(job).toMatchObject({ state: 'failed', exitCode: 5, reason: null });
        // Anything found would stand between.
        expect(job.log).toMatch(/in tiny\nERROR: Job failed: exit status 5\n/);
        expect(machine.run('pgrep', '--uid', 'root', 'dockerd').status).toBe(docker === 'rootful' ? 0 : 1);

        const waiting = machine.enqueue({ command: 'sleep 4242', image: 'tiny' });
        const [id = ''] = await waiting;
        await until(
          'it is noted',
          () => machine.run('ls', `/run/muster/jobs/${id}`).status === 0,
          machine.journal,
        );
        // Its end is the job's: the instance leaves, and nothing of it runs on.
        await until(
          'it runs',
          () => machine.run('pgrep', '--full', 'sleep 4242').status === 0,
          machine.journal,
        );
        machine.run('systemctl', 'kill', '--signal=KILL', 'muster-agent.service');
        await until(
          'it leaves',
          () => machine.calls('TerminateInstanceInAutoScalingGroup').length > 0,
          machine.journal,
        );
        expect(await machine.managers()).toEqual([]);
        if (docker === 'rootless')
          await until(
            'nothing of it is left',
            () => machine.run('pgrep', '--full', 'sleep 4242').status === 1,
          );
      }),
  );

  it('is not needed for jobs that call docker themselves: the daemon is there for each, with nothing of the one before', async () => {
    const machine = await bootGitlabMachine({
      ...baked,
      boot: { MUSTER_DOCKER: 'rootless', MUSTER_SERVES: 'many-jobs', MUSTER_IDLE_TIMEOUT: 600 },
      tmpfs: ['/home/job/.local/share/docker:uid=2000,gid=2000'],
    });
    try {
      await until('registered', async () => (await machine.managers()).length > 0, machine.journal, 120);
      const first = await run(machine, `${image}\ndocker run --detach tiny sleep 4242`);
      expect(first).toMatchObject({ state: 'succeeded' });
      const second = await run(
        machine,
        'docker run --rm tiny cat /etc/image; docker ps --quiet | grep --count .',
      );
      expect(second.log).toContain('tiny\n0\n');
    } finally {
      await machine.stop();
    }
  });
});
