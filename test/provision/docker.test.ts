import { describeAsRoot } from '../as-root';
import { agentThatWaits } from './machine/agents';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

async function withDocker(mode: 'none' | 'rootful' | 'rootless', check: (machine: Machine) => void) {
  const machine = await bootMachine({
    ...image,
    files: agentThatWaits,
    boot: { MUSTER_DOCKER: mode },
    tmpfs: ['/var/lib/docker', '/home/job/.local/share/docker:uid=2000,gid=2000'],
  });
  try {
    await until(
      'the agent waits',
      () => machine.calls('CI /agent/waits').length > 0,
      () => machine.run('journalctl', '--no-pager', '--lines=60').output,
    );
    check(machine);
  } finally {
    await machine.stop();
  }
}
const job = (machine: Machine, script: string) =>
  machine.run('/usr/lib/muster/job-unit', 'start', 'bash', '-c', script);

describeAsRoot('Docker', () => {
  it('none: the daemon does not run and cannot be started', () =>
    withDocker('none', (machine) => {
      expect(machine.run('systemctl', 'start', 'docker.service').status).not.toBe(0);
      expect(job(machine, 'docker info').status).not.toBe(0);
    }));

  it('rootful: jobs talk to the daemon of root', () =>
    withDocker('rootful', (machine) => {
      const info = job(machine, 'docker info --format "{{.SecurityOptions}}"');
      expect(info).toMatchObject({ status: 0, output: expect.not.stringContaining('rootless') });
      expect(job(machine, 'id -nG').output).toBe('job docker\n');
    }));

  // One job, because a job's end is the rootless daemon's end too.
  const container = `set -e
    mkdir tiny && cp --parents $(ldd /usr/bin/curl | grep --only-matching "/[^ ]*") /usr/bin/curl tiny/
    tar --directory tiny --create . | docker import - tiny >/dev/null
    ask() { docker run --rm tiny /usr/bin/curl --silent --output /dev/null "$@"; }
    ask --max-time 30 --write-out '%{http_code}' http://10.87.0.1:4567
    ! ask --max-time 3 --request PUT http://169.254.169.254/latest/api/token`;
  it.each(['rootful', 'rootless'] as const)(
    '%s: a container reaches the network but no metadata service',
    (mode) =>
      withDocker(mode, (machine) => {
        expect(job(machine, container)).toMatchObject({ status: 0, output: expect.stringMatching(/404$/) });
      }),
  );

  it('rootless: jobs talk to a daemon of their own user, and have no root to gain', () =>
    withDocker('rootless', (machine) => {
      const info = job(machine, 'docker info --format "{{.SecurityOptions}}"');
      expect(info).toMatchObject({ status: 0, output: expect.stringContaining('rootless') });
      expect(job(machine, 'id -nG').output).toBe('job\n');
      expect(machine.run('pgrep', '--uid', 'root', 'dockerd').status).toBe(1);
    }));
});
