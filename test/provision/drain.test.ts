import { describeAsRoot } from '../as-root';
import { agentThatWaits, agentWithJob } from './machine/agents';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

jest.setTimeout(120_000);

const image = useImage();

const manager = { MUSTER_WATCH_SECONDS: '1' };

describeAsRoot('Draining with a job', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootMachine({
      ...image,
      files: agentWithJob,
      boot: { MUSTER_TERMINATING_HEARTBEAT: 3 },
      manager,
    });
    await until(
      'the job has begun',
      () => machine.run('pgrep', '--uid', 'job', '--full', 'sleep 4242').status === 0,
    );
    await machine.change({ targetState: 'Terminated' });
    await until('told to drain', async () => machine.calls('CI /agent/term-1').length > 0);
  });
  afterAll(() => machine.stop());

  it('waits for the job, the heartbeat renewed, and leaves it alone however often it is asked', async () => {
    machine.run('systemctl', 'start', '--no-block', 'muster-drain.service');
    machine.run('systemctl', 'restart', '--no-block', 'muster-drain.service');
    machine.run('systemctl', 'stop', '--no-block', 'muster-agent.service');
    await until(
      'renewed three times',
      async () => machine.calls('RecordLifecycleActionHeartbeat').length >= 3,
    );
    const [beat] = machine.calls('RecordLifecycleActionHeartbeat');
    expect(beat?.parameters.LifecycleHookName).toBe('muster-terminating');
    expect(machine.run('systemctl', 'is-active', 'muster-job.service').output).toBe('active\n');
    expect(machine.calls('CI /agent/term-2')).toEqual([]);
  });

  it('then completes its own hook and asks for no other termination', async () => {
    machine.run('touch', '/var/tmp/end-job');
    await until(
      'completed',
      async () =>
        machine
          .calls('CompleteLifecycleAction')
          .some((c) => c.parameters.LifecycleHookName === 'muster-terminating'),
      () => machine.run('journalctl', '--no-pager', '--lines=30').output,
    );
    expect(machine.calls('CI /agent/job-ended').length).toBe(1);
    expect(machine.calls('TerminateInstanceInAutoScalingGroup')).toEqual([]);
  });
});

describeAsRoot('Draining without a job', () => {
  it('ends the agent and the instance at once', async () => {
    const machine = await bootMachine({ ...image, files: agentThatWaits, manager });
    try {
      await until('the agent waits', async () => machine.calls('CI /agent/waits').length > 0);
      await machine.change({ targetState: 'Terminated' });
      await until('drained', async () => machine.calls('CI /agent/drained').length > 0);
      await until('completed', async () =>
        machine
          .calls('CompleteLifecycleAction')
          .some((c) => c.parameters.LifecycleHookName === 'muster-terminating'),
      );
    } finally {
      await machine.stop();
    }
  });

  it('also ends an instance that is not ready yet, whose agent then never starts', async () => {
    const machine = await bootMachine({
      ...image,
      files: agentThatWaits,
      manager,
      cloud: { ci: 'down', targetState: 'Terminated' },
    });
    try {
      await until('completed', async () =>
        machine
          .calls('CompleteLifecycleAction')
          .some((c) => c.parameters.LifecycleHookName === 'muster-terminating'),
      );
      expect(machine.run('systemctl', 'is-active', 'muster-agent.service').output).toBe('inactive\n');
    } finally {
      await machine.stop();
    }
  });
});
