import { readFileSync } from 'node:fs';
import { describeAsRoot } from '../as-root';
import { until } from './machine/machine';
import { bootNomadMachine, INSTANCE, type NomadMachine, secretOf, TOKEN } from './machine/nomad';
import { useImage } from './machine/rootfs';

jest.setTimeout(240_000);

const image = useImage();
type Options = Partial<Parameters<typeof bootNomadMachine>[0]>;

const boot = ({ boot: given, manager, ...options }: Options = {}, setup: object = {}) =>
  bootNomadMachine(
    {
      ...image,
      ...options,
      boot: { MUSTER_IDLE_TIMEOUT: 600, ...given },
      // The watchdog shall not be what ends an instance here.
      manager: { MUSTER_WATCHDOG_GRACE: '600', ...manager },
    },
    setup,
  );
const leaves = (machine: NomadMachine) => machine.calls('TerminateInstanceInAutoScalingGroup').length > 0;
const nodeOf = (machine: NomadMachine) =>
  until(
    'the node is ready',
    async () => (await machine.nodes()).find(({ status }) => status === 'ready'),
    machine.journal,
    90,
  );
const stateOf = (machine: NomadMachine, id: string, state: string) =>
  until(`job ${id} is ${state}`, async () => (await machine.job(id)).state === state, machine.journal);
const says = (machine: NomadMachine, text: RegExp) =>
  until(
    `the journal says ${text}`,
    () => text.test(machine.run('journalctl', '--no-pager').output),
    machine.journal,
  );
const noted = (machine: NomadMachine) =>
  machine.run('ls', '/run/muster/jobs').output.split('\n').filter(Boolean);
const drain = (machine: NomadMachine) =>
  machine.run('systemctl', 'start', '--no-block', 'muster-drain.service');
const WAITS = 'until [ -e /var/tmp/end-job ]; do sleep 0.1; done';

describeAsRoot('A client of Nomad', () => {
  it('registers as the instance that it is, runs allocations, notes them, idles out, and is forgotten', async () => {
    const machine = await boot({ boot: { MUSTER_IDLE_TIMEOUT: 8 } });
    try {
      const node = await nodeOf(machine);
      expect(node).toMatchObject({
        name: INSTANCE,
        nodePool: 'builds',
        datacenter: 'dc1',
        eligibility: 'eligible',
      });
      const id = await machine.enqueue({ command: `${WAITS}; id -un` });
      await stateOf(machine, id, 'running');
      const [allocation] = await machine.allocations();
      await until('it is noted', () => noted(machine).includes(allocation?.id ?? '-'), machine.journal);
      expect(leaves(machine)).toBe(false);
      machine.run('touch', '/var/tmp/end-job');
      await stateOf(machine, id, 'succeeded');
      await until('it leaves', () => leaves(machine), machine.journal);
      await until(
        'Nomad has forgotten it',
        async () => (await machine.nodes()).length === 0,
        machine.journal,
      );
      expect((await machine.job(id)).runs).toBe(1);
      // The token is in no argument of a process, and in no line of the journal.
      expect(machine.run('journalctl', '--no-pager').output).not.toContain(TOKEN);
    } finally {
      await machine.stop();
    }
  });

  it('drains: takes no new allocation, finishes the one that runs, and leaves', async () => {
    const machine = await boot();
    try {
      await nodeOf(machine);
      const id = await machine.enqueue({ command: WAITS });
      await stateOf(machine, id, 'running');
      drain(machine);
      await until(
        'the node is ineligible',
        async () => (await nodeOf(machine)).eligibility === 'ineligible',
        machine.journal,
      );
      const late = await machine.enqueue({ command: 'true' });
      expect(machine.run('systemctl', 'is-active', 'muster-drain.service').output).toBe('activating\n');
      expect((await machine.job(id)).state).toBe('running');
      machine.run('touch', '/var/tmp/end-job');
      await stateOf(machine, id, 'succeeded');
      await until('it leaves', () => leaves(machine), machine.journal);
      expect(machine.run('journalctl', '--no-pager').output).toContain('Drained: the node is ineligible');
      expect(await machine.job(late)).toMatchObject({ state: 'queued', runs: 0 });
    } finally {
      await machine.stop();
    }
  });

  it('does not take the word of a drain that leaves it eligible: says so, tries again, and ends when it is over', async () => {
    const machine = await boot({}, { stayEligible: true });
    try {
      await nodeOf(machine);
      drain(machine);
      await says(machine, /The drain has failed \(try 2\): the node is 'eligible', not ineligible/);
      expect(machine.run('systemctl', 'is-active', 'muster-agent.service').output).toBe('deactivating\n');
      expect(leaves(machine)).toBe(false);
      await machine.nomad('PUT', 'setup', { stayEligible: false });
      await says(machine, /Drained: the node is ineligible/);
      await until('it leaves', () => leaves(machine), machine.journal);
    } finally {
      await machine.stop();
    }
  });

  it('is not drained by being ineligible: not while allocations run, and not while the drain fails', async () => {
    const machine = await boot({
      files: {
        '/usr/local/bin/nomad': `#!/bin/bash
[[ $1 == node && $2 == drain && ! -e /var/tmp/may-drain ]] || exec /usr/bin/nomad "$@"
/usr/bin/nomad node eligibility -self -disable
[[ ! -e /var/tmp/drain-fails ]]
`,
      },
    });
    try {
      await nodeOf(machine);
      const id = await machine.enqueue({ command: WAITS });
      await stateOf(machine, id, 'running');
      drain(machine);
      await says(machine, /The drain has failed \(try 2\): allocations run on the node/);
      expect((await machine.job(id)).state).toBe('running');
      machine.run('touch', '/var/tmp/drain-fails', '/var/tmp/end-job');
      await stateOf(machine, id, 'succeeded');
      await says(
        machine,
        /The drain has failed \(try \d+\): nomad node drain failed, the node is as it should be/,
      );
      expect(leaves(machine)).toBe(false);
      machine.run('touch', '/var/tmp/may-drain');
      await says(machine, /Drained: the node is ineligible/);
      await until('it leaves', () => leaves(machine), machine.journal);
    } finally {
      await machine.stop();
    }
  });

  it('that stays eligible for good ends as failed, and leaves all the same', async () => {
    const machine = await boot({ manager: { MUSTER_DRAIN_PATIENCE: '4' } }, { stayEligible: true });
    try {
      await nodeOf(machine);
      drain(machine);
      await says(machine, /Giving up the drain, for nothing runs here: the node is 'eligible'/);
      await until('it leaves', () => leaves(machine), machine.journal);
      expect(
        machine.run('systemctl', 'show', '--property=Result', '--value', 'muster-agent.service').output,
      ).toBe('exit-code\n');
    } finally {
      await machine.stop();
    }
  });

  it('that is killed is started again, and finds its allocation where it was', async () => {
    const machine = await boot();
    try {
      await nodeOf(machine);
      const id = await machine.enqueue({ command: WAITS });
      await stateOf(machine, id, 'running');
      machine.run('systemctl', 'kill', '--signal=KILL', '--kill-whom=main', 'muster-nomad.service');
      await until(
        'it is back',
        () =>
          Number(
            machine.run('systemctl', 'show', '--property=NRestarts', '--value', 'muster-nomad.service')
              .output,
          ) > 0,
      );
      machine.run('touch', '/var/tmp/end-job');
      await stateOf(machine, id, 'succeeded');
      expect((await machine.job(id)).runs).toBe(1);
      expect(leaves(machine)).toBe(false);
    } finally {
      await machine.stop();
    }
  });

  it('is told to end its allocations when the machine is taken away', async () => {
    const machine = await boot();
    try {
      await nodeOf(machine);
      const id = await machine.enqueue({ command: 'sleep 4242' });
      await stateOf(machine, id, 'running');
      machine.run('bash', '-c', 'set -a; source /run/muster/boot.env; /usr/lib/muster/abort of-a-test');
      // Nomad places it anew, where there is a node for it.
      await stateOf(machine, id, 'queued');
      await until('it leaves', () => leaves(machine), machine.journal);
    } finally {
      await machine.stop();
    }
  });

  it('keeps allocations from the metadata service, from its own API and from its secret', async () => {
    const machine = await boot();
    try {
      await nodeOf(machine);
      const tries = [
        'curl --silent --max-time 3 http://169.254.169.254/latest/meta-data/instance-id',
        'curl --silent --max-time 3 http://127.0.0.1:4646/v1/metrics',
        'cat /run/muster/nomad/* /run/muster/runner-token',
        'sudo --non-interactive /usr/lib/muster/ci/nomad-node state',
      ].map((command) => `${command} 2>/dev/null && echo got-it`);
      const id = await machine.enqueue({ command: `${tries.join('; ')}; echo tried` });
      await stateOf(machine, id, 'succeeded');
      expect(readFileSync((await machine.job(id)).logFile, 'utf8')).toBe('tried\n');
      const asAgent = (...args: string[]) =>
        machine.run(
          'setpriv',
          '--reuid=muster-agent',
          '--regid=muster-agent',
          '--init-groups',
          'sudo',
          '--non-interactive',
          '/usr/lib/muster/ci/nomad-node',
          ...args,
        );
      expect(asAgent('state').output).toBe('active\n');
      expect(asAgent('began', '../../etc/passwd').status).toBe(2);
    } finally {
      await machine.stop();
    }
  });

  it('that idles but is to stay comes back as the node that it was, eligible', async () => {
    const machine = await boot({
      boot: { MUSTER_IDLE_TIMEOUT: 6 },
      cloud: { group: { instances: [{ id: INSTANCE }], tags: { 'muster:warm': '1' } } },
    });
    try {
      const { id } = await nodeOf(machine);
      await says(machine, /Stays: 0 idle instances come before it/);
      await until(
        'it is back',
        async () => (await machine.nodes()).some((node) => node.id === id && node.eligibility === 'eligible'),
        machine.journal,
      );
      const job = await machine.enqueue({ command: 'true' });
      await stateOf(machine, job, 'succeeded');
      expect(leaves(machine)).toBe(false);
    } finally {
      await machine.stop();
    }
  });

  it('that drains while no server answers finishes its allocation, and is drained when one does', async () => {
    const machine = await boot();
    try {
      await nodeOf(machine);
      const id = await machine.enqueue({ command: WAITS });
      await stateOf(machine, id, 'running');
      await until('it is noted', () => noted(machine).length > 0, machine.journal);
      await machine.nomad('PUT', 'outage', { status: 500 });
      drain(machine);
      await says(machine, /The drain has failed \(try 2\): nomad node drain failed, Nomad does not say/);
      machine.run('touch', '/var/tmp/end-job');
      expect(leaves(machine)).toBe(false);
      await machine.nomad('PUT', 'outage', { status: null });
      await stateOf(machine, id, 'succeeded');
      await until('it leaves', () => leaves(machine), machine.journal);
      expect((await machine.job(id)).runs).toBe(1);
    } finally {
      await machine.stop();
    }
  });

  it('that does not stay up leaves', async () => {
    const machine = await boot({
      files: {
        '/usr/bin/nomad':
          '#!/bin/bash\n[[ $1 == version ]] && exec echo Nomad\necho "bad certificate" >&2\nexit 1\n',
      },
    });
    try {
      await says(machine, /Nomad's client does not stay up/);
      await until('it leaves', () => leaves(machine), machine.journal);
    } finally {
      await machine.stop();
    }
  });

  it('is no idle one while its allocations are of a namespace that its token may not read', async () => {
    const machine = await boot(
      { boot: { MUSTER_IDLE_TIMEOUT: 6 } },
      { tokens: [{ token: TOKEN, node: 'write', readJob: [] }] },
    );
    try {
      await nodeOf(machine);
      const id = await machine.enqueue({ command: WAITS });
      await says(machine, /allocations run, the token may see 0: give it read-job/);
      await until('it is noted', () => noted(machine).includes('unseen'));
      expect(leaves(machine)).toBe(false);
      machine.run('touch', '/var/tmp/end-job');
      await stateOf(machine, id, 'succeeded');
      await until('it leaves', () => leaves(machine), machine.journal);
    } finally {
      await machine.stop();
    }
  });

  it('whose token is refused after a while says so, and is no idle one, nor one whose jobs are too long', async () => {
    const machine = await boot({ boot: { MUSTER_IDLE_TIMEOUT: 6 } });
    try {
      await nodeOf(machine);
      const id = await machine.enqueue({ command: WAITS });
      await stateOf(machine, id, 'running');
      const [allocation] = await machine.allocations();
      await until('it is noted', () => noted(machine).includes(allocation?.id ?? '-'), machine.journal);
      await machine.nomad('PUT', 'setup', { tokens: [{ token: TOKEN, node: 'deny', readJob: ['*'] }] });
      await says(machine, /1 allocations run, and Nomad does not say which/);
      await until('it is one of unknown age', () => noted(machine).join() === 'unseen', machine.journal);
      expect(leaves(machine)).toBe(false);
      await machine.nomad('PUT', 'setup', { tokens: [{ token: TOKEN, node: 'write', readJob: ['*'] }] });
      await until('it is known', () => noted(machine).join() === allocation?.id, machine.journal);
      machine.run('touch', '/var/tmp/end-job');
      await stateOf(machine, id, 'succeeded');
      await until('it leaves', () => leaves(machine), machine.journal);
    } finally {
      await machine.stop();
    }
  });
});

describeAsRoot('A client of Nomad that cannot be one', () => {
  it('whose token is refused says so, and leaves', async () => {
    const machine = await boot({}, { tokens: [{ token: TOKEN, node: 'deny', readJob: ['*'] }] });
    try {
      await says(machine, /Nomad refuses this instance's token \(nodes: 403\)/);
      await until('it leaves', () => leaves(machine), machine.journal);
    } finally {
      await machine.stop();
    }
  });

  const gone = (secret: string, name: string) => {
    const { [name]: _, ...rest } = JSON.parse(secret);
    return JSON.stringify(rest);
  };
  it.each<[rule: string, token: () => string, why: RegExp]>([
    ['whose secret lacks a certificate', () => gone(secretOf(), 'certificate'), /certificate is missing/],
    ['whose secret is a token alone', () => 'a-token', /holds no JSON object/],
    [
      'whose key is of another certificate',
      () => JSON.stringify({ ...JSON.parse(secretOf()), key: JSON.parse(secretOf()).key }),
      /key in .* is not that of its certificate/,
    ],
  ])('%s says so, and is abandoned', async (_rule, token, why) => {
    const machine = await boot({ cloud: { token: token() } });
    try {
      await until('it is abandoned', () =>
        machine
          .calls('CompleteLifecycleAction')
          .some(({ parameters }) => parameters.LifecycleActionResult === 'ABANDON'),
      );
      expect(
        machine.console() +
          machine
            .calls('PutLogEvents')
            .map(({ parameters }) => parameters.body)
            .join(''),
      ).toMatch(why);
      expect(await machine.nodes()).toEqual([]);
    } finally {
      await machine.stop();
    }
  });

  it('is not ready while no server answers, and says which were asked', async () => {
    const machine = await boot({
      cloud: {
        token: JSON.stringify({ ...JSON.parse(secretOf()), servers: ['10.87.0.9:4647', '10.87.0.1:4599'] }),
      },
    });
    try {
      await says(machine, /No server of Nomad takes a connection: 10.87.0.9:4647, 10.87.0.1:4599/);
      expect(machine.calls('CompleteLifecycleAction')).toEqual([]);
      expect(await machine.nodes()).toEqual([]);
    } finally {
      await machine.stop();
    }
  });
});
