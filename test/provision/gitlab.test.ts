import { WARM_TAG } from '../../lambda/scaler/settings';
import { describeAsRoot } from '../as-root';
import { bootGitlabMachine, type GitlabMachine, INSTANCE, TOKEN } from './machine/gitlab';
import { type MachineOptions, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

const manager = { MUSTER_WATCH_SECONDS: '1' };
const leaves = (machine: GitlabMachine) => machine.calls('TerminateInstanceInAutoScalingGroup').length > 0;
const completions = (machine: GitlabMachine, hook: string) =>
  machine
    .calls('CompleteLifecycleAction')
    .filter(({ parameters }) => parameters.LifecycleHookName === `muster-${hook}`);

async function withMachine(
  options: Partial<MachineOptions>,
  play: (machine: GitlabMachine) => Promise<void>,
): Promise<void> {
  const machine = await bootGitlabMachine({ ...image, manager, ...options });
  try {
    await play(machine);
  } finally {
    await machine.stop();
  }
}
const registered = (machine: GitlabMachine) =>
  until('registered', async () => (await machine.managers()).length > 0, machine.journal);
const reaches = (machine: GitlabMachine, id: string, state: string) =>
  until(
    `job ${id} is ${state}`,
    async () => (await machine.job(id)).state === state,
    () => machine.journal(),
  );

describeAsRoot('An instance of a GitLab fleet', () => {
  it('registers before it is in service, serves one job as the job user, is forgotten, and leaves', () =>
    withMachine({}, async (machine) => {
      const [id = '', next = ''] = await machine.enqueue(
        { command: 'id -un; pwd; exit 7' },
        { command: 'true' },
      );
      await reaches(machine, id, 'failed');
      expect(await machine.job(id)).toMatchObject({ runner: INSTANCE, exitCode: 7, runs: 1, reason: null });
      expect(await machine.log(id)).toContain(`job\n/home/job/builds/${id}/acme/app\n`);
      await until('it leaves', () => leaves(machine), machine.journal);
      expect(await machine.managers()).toEqual([]);
      expect((await machine.job(next)).state).toBe('queued');
    }));

  it('is registered once the hook is completed, under the id that its instance id makes', () =>
    withMachine({}, async (machine) => {
      await until('in service', () => completions(machine, 'launching').length > 0, machine.journal);
      expect(await machine.managers()).toMatchObject([{ runnerId: 101, instanceId: INSTANCE }]);
    }));

  it('leaves when it gets no job, and is forgotten', () =>
    withMachine({ boot: { MUSTER_IDLE_TIMEOUT: 2 } }, async (machine) => {
      await registered(machine);
      await until('it leaves', () => leaves(machine), machine.journal);
      expect(await machine.managers()).toEqual([]);
    }));

  it('that stays, because it is to be warm, is known again and serves', () =>
    withMachine(
      {
        boot: { MUSTER_IDLE_TIMEOUT: 2 },
        cloud: { group: { instances: [{ id: INSTANCE }], tags: { [WARM_TAG]: '1' } } },
      },
      async (machine) => {
        const journal = () => machine.run('journalctl', '--no-pager', '--output=cat').output;
        await until('it stayed', () => journal().includes('Stays: 0 idle instances'), journal);
        expect(journal()).toContain('Unregistered.');
        const [id = ''] = await machine.enqueue({ command: 'true' });
        await reaches(machine, id, 'succeeded');
        await until('it leaves', () => leaves(machine), machine.journal);
        expect(await machine.managers()).toEqual([]);
      },
    ));

  it('that drains finishes its job, takes no other, is known until the job has ended and forgotten before it leaves', () =>
    withMachine({}, async (machine) => {
      const [id = ''] = await machine.enqueue({
        command: 'until [[ -e /var/tmp/end-job ]]; do sleep 0.1; done',
      });
      await reaches(machine, id, 'running');
      const [next = ''] = await machine.enqueue({});
      await machine.change({ targetState: 'Terminated' });
      const journal = () => machine.run('journalctl', '--no-pager', '--unit=muster-agent').output;
      await until('it was told to drain', () => journal().includes('waiting for builds to finish'), journal);
      // However often it is told: a second signal would end the job of another agent.
      machine.run('systemctl', 'restart', '--no-block', 'muster-drain.service');
      machine.run('systemctl', 'stop', '--no-block', 'muster-agent.service');
      expect((await machine.job(id)).state).toBe('running');
      expect(await machine.managers()).toHaveLength(1);
      machine.run('touch', '/var/tmp/end-job');
      await reaches(machine, id, 'succeeded');
      await until(
        'the hook is completed',
        () => completions(machine, 'terminating').length > 0,
        machine.journal,
      );
      expect(await machine.managers()).toEqual([]);
      expect((await machine.job(next)).state).toBe('queued');
      expect(journal().split('waiting for builds to finish')).toHaveLength(2);
      expect(leaves(machine)).toBe(false);
    }));

  it('whose agent is killed is forgotten, its job is ended, and it leaves', () =>
    withMachine({}, async (machine) => {
      const [id = ''] = await machine.enqueue({ command: 'setsid sleep 4242 & sleep 4242' });
      await reaches(machine, id, 'running');
      await until('the job runs', () => machine.run('pgrep', '--uid', 'job', 'sleep').status === 0);
      machine.run('systemctl', 'kill', '--signal=KILL', 'muster-agent.service');
      await until('it leaves', () => leaves(machine), machine.journal);
      expect(await machine.managers()).toEqual([]);
      await until('nothing of the job is left', () => machine.run('pgrep', '--uid', 'job').status === 1);
    }));

  it('leaves within its time when GitLab is down as it goes, and says what it left there', () =>
    withMachine({}, async (machine) => {
      const [id = ''] = await machine.enqueue({ command: 'true' });
      await registered(machine);
      await machine.gitlab('PUT', 'outage', { status: 503, path: '/api/v4/runners/managers' });
      await reaches(machine, id, 'succeeded');
      await until('it leaves', () => leaves(machine), machine.journal);
      expect(machine.journal()).toMatch(/until the housekeeper comes: .*503/s);
      expect(await machine.managers()).toHaveLength(1);
    }));

  it('that waits for GitLab is in service once it answers', () =>
    withMachine({ boot: { MUSTER_LAUNCHING_HEARTBEAT: 3 } }, async (machine) => {
      await machine.gitlab('PUT', 'outage', { status: 503 });
      const [id = ''] = await machine.enqueue({ command: 'true' });
      await until(
        'renewed',
        () => machine.calls('RecordLifecycleActionHeartbeat').length > 0,
        machine.journal,
      );
      expect(completions(machine, 'launching')).toEqual([]);
      await machine.gitlab('PUT', 'outage', { status: null });
      await reaches(machine, id, 'succeeded');
    }));

  it('that is to end while it registers is forgotten all the same', () =>
    withMachine(
      {
        files: {
          // GitLab has answered, and the answer never arrives.
          '/usr/local/bin/gitlab-runner': `#!/bin/bash
/usr/bin/gitlab-runner "$@"
status=$?
[[ $1 != register ]] || sleep infinity
exit $status
`,
        },
      },
      async (machine) => {
        await registered(machine);
        await machine.change({ targetState: 'Terminated' });
        await until(
          'the hook is completed',
          () => completions(machine, 'terminating').length > 0,
          machine.journal,
        );
        expect(await machine.managers()).toEqual([]);
      },
    ));

  it('that boots again is the one that GitLab knows already', () =>
    withMachine({}, async (machine) => {
      await registered(machine);
      const before = await machine.managers();
      const began = completions(machine, 'launching').length;
      // As after a panic: nothing was stopped, and in this machine nothing written before is left either.
      machine.run('systemctl', 'reboot', '--force', '--force');
      await until(
        'it is ready again',
        () => completions(machine, 'launching').length > began,
        machine.console,
        120,
      );
      expect(await machine.managers()).toEqual(before);
      const [id = ''] = await machine.enqueue({ command: 'true' });
      await reaches(machine, id, 'succeeded');
      expect(await machine.job(id)).toMatchObject({ runner: INSTANCE });
    }));
});

/** One deviation from a perfect instance each, and what its last words must name. */
const refused: Record<string, { options: Partial<MachineOptions>; setup?: null; reason: RegExp }> = {
  'a legacy token': {
    options: { cloud: { token: TOKEN.replace('glrt-', 'GR1348941') } },
    reason: /holds a legacy token .*New runner.* make secrets FLEET=linux/,
  },
  'a token that GitLab does not know': {
    options: {},
    setup: null,
    reason: /GitLab \(http:\S+\) refuses the token/,
  },
  'a token with other characters': {
    options: { cloud: { token: `${TOKEN}"` } },
    reason: /holds no token of GitLab/,
  },
  'the docker executor without docker': {
    options: { boot: { MUSTER_EXECUTOR: 'docker' } },
    reason: /needs docker: rootless or rootful/,
  },
};

describeAsRoot('An instance that GitLab would not take', () => {
  const machines: Record<string, GitlabMachine> = {};
  beforeAll(async () => {
    for (const [name, { options, setup = {} }] of Object.entries(refused))
      machines[name] = await bootGitlabMachine(
        // It stays a while, so that its GitLab can be asked.
        { ...image, manager: { MUSTER_READY_SECONDS: '60', MUSTER_ABANDONED_SECONDS: '600' }, ...options },
        setup,
      );
  });
  afterAll(() => Promise.all(Object.values(machines).map((machine) => machine.stop())));

  it.each(Object.entries(refused))(
    'abandons its launch at once, and says why: %s',
    async (name, { reason }) => {
      const machine = machines[name] as GitlabMachine;
      await until('abandoned', () => completions(machine, 'launching').length > 0, machine.console);
      const [end] = completions(machine, 'launching');
      expect(end?.parameters.LifecycleActionResult).toBe('ABANDON');
      const words = machine.calls('PutLogEvents').map((call) => call.parameters.body);
      expect(words.join('\n')).toMatch(reason);
      expect(words.join('\n')).not.toContain('c4n4ry');
      expect(await machine.managers()).toEqual([]);
    },
  );
});
