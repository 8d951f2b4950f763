/** A host of containers: it joins its cluster when it is ready, runs tasks, and leaves without ending one. */
import { describeAsRoot } from '../as-root';
import { bootEcsMachine, type EcsMachine, untilRegistered, untilStatus } from './machine/ecs';
import { type MachineOptions, until } from './machine/machine';
import { useImage } from './machine/rootfs';

jest.setTimeout(600_000);

const image = useImage();
const boot = (options: Partial<MachineOptions> = {}) => bootEcsMachine({ ...image, ...options });
/** Ends when the test says so (endTasks). */
const WAITS = "trap 'exit 0' USR1; while true; do sleep 0.2; done";
const TOKEN =
  "--request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token";

const operations = (machine: EcsMachine) =>
  machine.calls().flatMap(({ operation, refused }) => (refused ? [] : [operation]));
const leaves = (machine: EcsMachine) => operations(machine).includes('TerminateInstanceInAutoScalingGroup');
const drain = (machine: EcsMachine) =>
  machine.run('systemctl', 'start', '--no-block', 'muster-drain.service');
const says = (machine: EcsMachine, words: RegExp) =>
  until(
    `it says ${words}`,
    () => words.test(machine.run('journalctl', '--no-pager').output),
    machine.journal,
    120,
  );
const noted = (machine: EcsMachine) =>
  machine
    .run('ls', '/run/muster/jobs')
    .output.split('\n')
    .filter((name) => /^[0-9a-f]{32}$/.test(name));
/** All that left the machine before it ended. */
const lastWords = (machine: EcsMachine) =>
  machine.console() +
  machine
    .calls('PutLogEvents')
    .map(({ parameters }) => parameters.body)
    .join('');

async function withHost(
  check: (machine: EcsMachine) => Promise<void>,
  options: Partial<MachineOptions> = {},
) {
  const machine = await boot(options);
  try {
    await untilRegistered(machine);
    await check(machine);
  } finally {
    await machine.stop();
  }
}

/** A task that waits for its end, seen by docker and noted. */
async function runWaiting(machine: EcsMachine, script = WAITS): Promise<string> {
  const id = await machine.runTask(script);
  await untilStatus(machine, id, 'RUNNING');
  await until('it is noted', () => noted(machine).includes(id), machine.journal);
  return id;
}
const endTasks = (machine: EcsMachine) =>
  machine.run('bash', '-c', 'docker kill --signal=USR1 $(docker ps --quiet)');

describeAsRoot('A host of containers', () => {
  it('joins its cluster when it is ready, and not before', () =>
    withHost(async (machine) => {
      const seen = operations(machine).filter((name) =>
        /Cluster|ContainerInstance|CompleteLifecycle/.test(name),
      );
      expect(seen).toEqual(['DescribeClusters', 'CompleteLifecycleAction', 'RegisterContainerInstance']);
      await says(machine, /Joined the cluster muster-test as a{32}/);
      // Nobody reads a secret that there is not.
      expect(operations(machine)).not.toContain('GetSecretValue');
    }));

  it('runs tasks, whose containers reach their own credentials alone: no metadata service, no agent, no other task', () =>
    withHost(async (machine) => {
      const ask = (what: string) =>
        `curl --silent --output /dev/null --max-time 3 ${what} && echo 'reached something'`;
      const other = await runWaiting(machine);
      const address = machine
        .run('bash', '-c', "docker inspect --format '{{.NetworkSettings.IPAddress}}' $(docker ps -q)")
        .output.trim();
      const id = await machine.runTask(
        [
          ask(TOKEN),
          ask('http://172.17.0.1:51678/v1/tasks'),
          // Nothing listens there: refused at once by one that can be reached, silent where it cannot.
          `curl --silent --max-time 3 http://${address}:1/; echo "curl $?"`,
          'echo "$(curl --silent --max-time 30 http://169.254.170.2/)"',
          'echo "$GREETING"; exit 7',
        ].join('\n'),
        { environment: { GREETING: 'hello there' } },
      );
      await untilStatus(machine, id, 'STOPPED');
      const { exitCode, logs, reason } = await machine.task(id);
      expect(logs).toEqual(['curl 28', expect.stringContaining('role/of-the-task'), 'hello there']);
      expect({ exitCode, reason }).toEqual({ exitCode: 7, reason: 'Essential container in task exited' });
      await until('only the other is noted', () => noted(machine).join() === other, machine.journal);
      endTasks(machine);
      await untilStatus(machine, other, 'STOPPED');
    }));

  it('has a task that ECS stops end in its time, and tells why one cannot run', () =>
    withHost(async (machine) => {
      const id = await runWaiting(machine, `trap 'echo told; exit 0' TERM\n${WAITS}`);
      await machine.ecs('POST', 'stop', { id });
      await untilStatus(machine, id, 'STOPPED');
      expect(await machine.task(id)).toMatchObject({ exitCode: 0, logs: ['told'] });
      const privileged = await machine.runTask('true', { privileged: true });
      await untilStatus(machine, privileged, 'STOPPED');
      expect((await machine.task(privileged)).reason).toMatch(/privileged, which this host refuses/);
      await machine.ecs('PUT', 'image', { file: '' });
      const missing = await machine.runTask('true', { image: 'registry.example/github-runner@sha256:1' });
      await untilStatus(machine, missing, 'STOPPED');
      expect((await machine.task(missing)).reason).toBe('CannotPullContainerError: manifest unknown');
    }));

  it('that drains takes no more tasks, waits for the one it has, deregisters, and only then leaves', () =>
    withHost(async (machine) => {
      const id = await runWaiting(machine);
      drain(machine);
      await says(machine, /Not drained yet: ECS counts 1 here/);
      expect((await machine.host())?.status).toBe('DRAINING');
      await until('it renews its hook', () => operations(machine).includes('RecordLifecycleActionHeartbeat'));
      expect(leaves(machine)).toBe(false);
      endTasks(machine);
      await until('it leaves', () => leaves(machine), machine.journal, 120);
      expect(await machine.task(id)).toMatchObject({ status: 'STOPPED', exitCode: 0 });
      const way = operations(machine).filter((name) =>
        /^(Update|Deregister)ContainerInstance|^Terminate/.test(name),
      );
      expect(way).toEqual([
        'UpdateContainerInstancesState',
        'DeregisterContainerInstance',
        'TerminateInstanceInAutoScalingGroup',
      ]);
    }));

  it('that has no task drains at once', () =>
    withHost(async (machine) => {
      drain(machine);
      await until('it leaves', () => leaves(machine), machine.journal, 120);
      expect((await machine.host())?.status).toBe('INACTIVE');
      expect(machine.console()).not.toMatch(/ECS keeps this host/);
    }));

  it('that drains while ECS does not answer waits for it, and for its task', () =>
    withHost(async (machine) => {
      await runWaiting(machine);
      await machine.change({
        faults: [
          {
            operation: 'UpdateContainerInstancesState',
            status: 500,
            code: 'ServerException',
            message: 'oops',
          },
        ],
      });
      drain(machine);
      await says(machine, /Not drained yet: UpdateContainerInstancesState: .*oops/);
      expect(leaves(machine)).toBe(false);
      await machine.change({ faults: [] });
      await says(machine, /ECS places no more tasks here/);
      endTasks(machine);
      await until('it leaves', () => leaves(machine), machine.journal, 120);
      expect((await machine.host())?.status).toBe('INACTIVE');
    }));

  it('whose agent is started again has its task yet, and does not end it', () =>
    withHost(async (machine) => {
      const id = await runWaiting(machine);
      machine.run('systemctl', 'kill', '--signal=KILL', 'ecs.service');
      await until(
        'the agent registered again',
        () => machine.calls('RegisterContainerInstance').length > 1,
        machine.journal,
        120,
      );
      expect(noted(machine)).toEqual([id]);
      endTasks(machine);
      await untilStatus(machine, id, 'STOPPED');
      expect((await machine.task(id)).exitCode).toBe(0);
      expect(leaves(machine)).toBe(false);
    }));

  it('that the spot market takes tells its task at once, so that it has the two minutes', () =>
    withHost(
      async (machine) => {
        const id = await runWaiting(machine, `trap 'echo told; exit 0' TERM\n${WAITS}`);
        const time = new Date(Date.now() + 119_000).toISOString().replace(/\.\d+Z$/, 'Z');
        await machine.change({ interruption: JSON.stringify({ action: 'terminate', time }) });
        await untilStatus(machine, id, 'STOPPED');
        expect((await machine.task(id)).logs).toEqual(['told']);
        expect(Date.now()).toBeLessThan(Date.parse(time) - 30_000);
        await until('it leaves', () => leaves(machine), machine.journal, 120);
      },
      { cloud: { market: 'spot' } },
    ));

  it('that the spot market takes tells a container, too, that its agent starts only then, and each once', () =>
    withHost(
      async (machine) => {
        const id = await runWaiting(machine, `trap 'echo told' TERM\n${WAITS}`);
        const time = new Date(Date.now() + 119_000).toISOString().replace(/\.\d+Z$/, 'Z');
        await machine.change({ interruption: JSON.stringify({ action: 'terminate', time }) });
        await says(machine, /ECS places no more tasks here/);
        const late = [
          'image=$(docker inspect --format "{{.Image}}" $(docker ps --quiet | head -1))',
          `docker run --detach --name late --label com.amazonaws.ecs.task-arn=arn:aws:ecs:x:1:task/muster-test/${'f'.repeat(32)} \\`,
          `  --entrypoint bash "$image" -c "trap 'exit 5' TERM; while true; do sleep 0.2; done"`,
        ].join('\n');
        expect(machine.run('bash', '-c', late).output).toMatch(/[0-9a-f]{64}/);
        await until(
          'the late one is told',
          () => machine.run('docker', 'inspect', '--format', '{{.State.ExitCode}}', 'late').output === '5\n',
          machine.journal,
        );
        endTasks(machine);
        await untilStatus(machine, id, 'STOPPED');
        expect((await machine.task(id)).logs).toEqual(['told']);
      },
      { cloud: { market: 'spot' } },
    ));

  it('ends a task that is over its limit, and not the one beside it', () =>
    withHost(
      async (machine) => {
        const late = await runWaiting(machine, `trap 'exit 3' TERM\n${WAITS}`);
        await untilStatus(machine, late, 'STOPPED');
        expect((await machine.task(late)).exitCode).toBe(3);
        expect(leaves(machine)).toBe(false);
      },
      { boot: { MUSTER_JOB_LIMIT: 5 }, manager: { MUSTER_LATE_SECONDS: '5' } },
    ));

  it('does not leave because it has no task', () =>
    withHost(
      async (machine) => {
        machine.run('bash', '-c', 'set -a; source /run/muster/boot.env; /usr/lib/muster/watchdog');
        await says(machine, /Joined the cluster/);
        expect(machine.run('systemctl', 'is-active', 'muster-agent.service').output).toBe('active\n');
        expect(leaves(machine)).toBe(false);
      },
      { manager: { MUSTER_WATCHDOG_GRACE: '1' } },
    ));
});

describeAsRoot('A host of containers that cannot join', () => {
  const abandoned = (machine: EcsMachine) =>
    until(
      'it is abandoned',
      () =>
        machine
          .calls('CompleteLifecycleAction')
          .some(({ parameters }) => parameters.LifecycleActionResult === 'ABANDON'),
      machine.console,
      180,
    );

  it('for want of its cluster says so, and is abandoned', async () => {
    const machine = await boot({ boot: { MUSTER_QUEUE: 'muster-other' } });
    try {
      await abandoned(machine);
      expect(lastWords(machine)).toMatch(
        /There is no cluster muster-other to join: DescribeClusters: MISSING arn:.*\. Deploy again\./,
      );
      expect(operations(machine)).not.toContain('RegisterContainerInstance');
    } finally {
      await machine.stop();
    }
  });

  it('because its role may not says which call was refused, and is abandoned', async () => {
    const message = 'User: muster-test is not authorized to perform: ecs:DescribeClusters';
    const machine = await boot({
      manager: { MUSTER_ACCESS_SECONDS: '1' },
      cloud: {
        faults: [{ operation: 'DescribeClusters', status: 400, code: 'AccessDeniedException', message }],
      },
    });
    try {
      await abandoned(machine);
      expect(lastWords(machine)).toMatch(
        /ECS refuses this instance: DescribeClusters: .*not authorized to perform/,
      );
    } finally {
      await machine.stop();
    }
  });

  it('though it seemed so says what its agent said, and leaves', async () => {
    const machine = await boot({
      manager: { MUSTER_JOIN_SECONDS: '10' },
      cloud: {
        faults: [
          {
            operation: 'RegisterContainerInstance',
            status: 400,
            code: 'AccessDeniedException',
            message: 'not authorized to perform: ecs:RegisterContainerInstance',
          },
        ],
      },
    });
    try {
      await says(
        machine,
        /ECS's agent has not joined the cluster muster-test: .*not authorized to perform: ecs:RegisterContainerInstance/,
      );
      await until('it leaves', () => leaves(machine), machine.journal, 120);
    } finally {
      await machine.stop();
    }
  });
});
