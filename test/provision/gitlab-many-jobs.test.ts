import { describeAsRoot } from '../as-root';
import { bootGitlabMachine, type GitlabMachine } from './machine/gitlab';
import { until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

const boot = (idleSeconds: number) =>
  bootGitlabMachine({
    ...image,
    boot: { MUSTER_SERVES: 'many-jobs', MUSTER_SLOTS: 2, MUSTER_IDLE_TIMEOUT: idleSeconds },
    // The watchdog shall not be what ends an instance here.
    manager: { MUSTER_WATCHDOG_GRACE: '600' },
  });
const leaves = (machine: GitlabMachine) => machine.calls('TerminateInstanceInAutoScalingGroup').length > 0;
const ended = (machine: GitlabMachine, id: string, state = 'succeeded') =>
  until(`job ${id} has ${state}`, async () => (await machine.job(id)).state === state, machine.journal);

describeAsRoot('An instance that serves many jobs', () => {
  it('runs as many at once as it has slots, cleans up after each, leaves when it idles, and is forgotten', async () => {
    const machine = await boot(6);
    try {
      // Each waits for the other: one after the other would never end.
      const meet = (mine: string, other: string) =>
        `touch /var/tmp/${mine}; until [[ -e /var/tmp/${other} ]]; do sleep 0.1; done`;
      const [a = '', b = ''] = await machine.enqueue(
        { command: meet('a', 'b') },
        { command: meet('b', 'a') },
      );
      await ended(machine, a);
      await ended(machine, b);
      const more = await machine.enqueue({ command: 'true' }, { command: 'exit 3' }, { command: 'true' });
      await ended(machine, more[0] ?? '');
      await ended(machine, more[1] ?? '', 'failed');
      await ended(machine, more[2] ?? '');
      expect(leaves(machine)).toBe(false);
      await until('the marks are gone', () => machine.run('ls', '/run/muster/jobs').output === '');
      expect(machine.run('ls', '/home/job/builds').output).toBe('');
      await until('it leaves', () => leaves(machine), machine.journal);
      expect(await machine.managers()).toEqual([]);
    } finally {
      await machine.stop();
    }
  });

  it('ends what a job left behind and nothing of the job beside it', async () => {
    const machine = await boot(600);
    try {
      const waiting = 'until [[ -e /var/tmp/end-job ]]; do sleep 0.1; done';
      const [long = ''] = await machine.enqueue({ command: `setsid sleep 4242 & ${waiting}` });
      await until('the long job runs', () => machine.run('pgrep', '--full', 'sleep 4242').status === 0);
      const [short = ''] = await machine.enqueue({ command: 'setsid sleep 4243 & sleep 0.1' });
      await ended(machine, short);
      await until('its leftover is gone', () => machine.run('pgrep', '--full', 'sleep 4243').status === 1);
      expect(machine.run('pgrep', '--full', 'sleep 4242').status).toBe(0);
      expect((await machine.job(long)).state).toBe('running');
      machine.run('touch', '/var/tmp/end-job');
      await ended(machine, long);
      await until('all is gone', () => machine.run('pgrep', '--uid', 'job').status === 1);
    } finally {
      await machine.stop();
    }
  });

  it('does not take silence for idleness: it stays while its agent does not tell how many jobs it has', async () => {
    const machine = await boot(4);
    try {
      const nft = (...words: string[]) => machine.run('nft', ...words).output;
      await until('registered', async () => (await machine.managers()).length > 0);
      const rule = 'tcp dport 9252 counter reject comment "silent"';
      nft('insert', 'rule', 'inet', 'muster', 'output', rule);
      const refused = () =>
        Number(/dport 9252 counter packets (\d+)/.exec(nft('list', 'table', 'inet', 'muster'))?.[1]);
      // A question every two seconds.
      await until('twice the idle timeout has passed', () => refused() >= 4, machine.journal);
      expect(machine.run('systemctl', 'is-active', 'muster-agent.service').output).toBe('active\n');
      expect(leaves(machine)).toBe(false);
      const [handle] =
        nft('--handle', 'list', 'chain', 'inet', 'muster', 'output').match(/(?<="silent" # handle )\d+/) ??
        [];
      nft('delete', 'rule', 'inet', 'muster', 'output', 'handle', handle ?? '');
      await until('it leaves', () => leaves(machine), machine.journal);
    } finally {
      await machine.stop();
    }
  });

  it('that drains finishes the jobs that it has', async () => {
    const machine = await boot(600);
    try {
      const command = 'until [[ -e /var/tmp/end-job ]]; do sleep 0.1; done';
      const [a = '', b = '', c = ''] = await machine.enqueue({ command }, { command }, { command });
      for (const id of [a, b]) await ended(machine, id, 'running');
      machine.run('systemctl', 'start', '--no-block', 'muster-drain.service');
      await until('it drains', () =>
        machine.run('journalctl').output.includes('waiting for builds to finish'),
      );
      machine.run('touch', '/var/tmp/end-job');
      for (const id of [a, b]) await ended(machine, id);
      await until('it leaves', () => leaves(machine), machine.journal);
      expect((await machine.job(c)).state).toBe('queued');
      expect(await machine.managers()).toEqual([]);
    } finally {
      await machine.stop();
    }
  });

  it('ends a job at the limit of the fleet, with a word in its log, and goes on', async () => {
    const machine = await bootGitlabMachine({
      ...image,
      boot: { MUSTER_SERVES: 'many-jobs', MUSTER_JOB_LIMIT: 2, MUSTER_IDLE_TIMEOUT: 600 },
    });
    try {
      const [id = '', next = ''] = await machine.enqueue({ command: 'sleep 4242' }, { command: 'true' });
      await ended(machine, id, 'failed');
      expect(await machine.log(id)).toContain('its fleet allows a job 0 min (2 s)');
      await ended(machine, next);
    } finally {
      await machine.stop();
    }
  });
});
