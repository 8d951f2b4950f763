import { toUserData } from '../../stacks/boot-environment';
import { describeAsRoot } from '../as-root';
import { agentThatWaits, agentWithJob } from './machine/agents';
import { bootEnvironment, bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

const manager = { MUSTER_WATCH_SECONDS: '1' };

describeAsRoot('Draining with a job', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootMachine({
      ...image,
      files: agentWithJob,
      boot: { MUSTER_TERMINATING_HEARTBEAT: 3 },
      manager: { ...manager, MUSTER_DRAIN_TELL_SECONDS: '1' },
    });
    await until(
      'the job has begun',
      () => machine.run('pgrep', '--uid', 'job', '--full', 'sleep 4242').status === 0,
    );
    await machine.change({ targetState: 'Terminated' });
    await until('told to drain', async () => machine.calls('CI /agent/term-1').length > 0);
  });
  afterAll(() => machine.stop());

  const beats = () => machine.calls('RecordLifecycleActionHeartbeat').length;
  const property = (name: string, unit: string) =>
    machine.run('systemctl', 'show', `--property=${name}`, '--value', unit).output.trim();

  it('waits for the job, the heartbeat renewed, and leaves it alone however often it is asked', async () => {
    machine.run('systemctl', 'restart', '--no-block', 'muster-drain.service');
    // As Systems Manager asks: a command that lasts as long as the drain.
    machine.run(
      'systemd-run',
      '--unit=command',
      '--remain-after-exit',
      'systemctl',
      'start',
      'muster-drain.service',
    );
    machine.run('systemctl', 'stop', '--no-block', 'muster-agent.service');
    await until('renewed three times', () => beats() >= 3);
    const [beat] = machine.calls('RecordLifecycleActionHeartbeat');
    expect(beat?.parameters.LifecycleHookName).toBe('muster-terminating');
    expect(machine.run('systemctl', 'is-active', 'muster-job.service').output).toBe('active\n');
    expect(machine.calls('CI /agent/term-2')).toEqual([]);
  });

  it('tells, again and again, how many jobs run and since when', async () => {
    const told = () => machine.run('journalctl', '--unit=muster-drain').output;
    await until(
      'told twice',
      () => told().split(/Draining: 1 running, since \d\d:\d\d:\d\d UTC/).length > 2,
      told,
    );
  });

  it('is started again when it is killed, goes on renewing, and signals nobody again', async () => {
    machine.run('systemctl', 'kill', '--signal=KILL', 'muster-drain.service');
    await until('started again', () => property('NRestarts', 'muster-drain.service') !== '0');
    const before = beats();
    await until('renewed twice more', () => beats() >= before + 2);
    expect(machine.run('systemctl', 'is-active', 'muster-job.service').output).toBe('active\n');
    expect(machine.calls('CI /agent/term-2')).toEqual([]);
    expect(property('SubState', 'command.service')).toBe('running');
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
    // The drain looks once a second whether the leave has begun.
    await until('the command has ended', () => property('SubState', 'command.service') === 'exited');
    expect(property('Result', 'command.service')).toBe('success');
    expect(machine.calls('TerminateInstanceInAutoScalingGroup')).toEqual([]);
  });
});

describeAsRoot('Draining while AWS refuses the heartbeat', () => {
  it('tries again soon, not when the next one is due', async () => {
    const machine = await bootMachine({
      ...image,
      files: agentWithJob,
      // Due every ten minutes.
      boot: { MUSTER_TERMINATING_HEARTBEAT: 1800 },
      manager: { ...manager, MUSTER_HEARTBEAT_RETRY_SECONDS: '1' },
    });
    try {
      await until('the job runs', () => machine.calls('CI /agent/job-runs').length > 0);
      const operation = 'RecordLifecycleActionHeartbeat';
      const throttled = { operation, status: 400, code: 'Throttling', message: 'Rate exceeded', count: 2 };
      await machine.change({ targetState: 'Terminated', faults: [throttled] });
      await until('renewed', () => machine.calls(operation).some((call) => !call.refused));
      expect(machine.calls(operation)).toHaveLength(3);
    } finally {
      await machine.stop();
    }
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

  it('tells the agent before it asks anything: until then that may claim a job', async () => {
    const files = { ...agentThatWaits, '/usr/lib/muster/notice': 'read_notice() { sleep infinity; }\n' };
    const machine = await bootMachine({ ...image, files, manager });
    try {
      await until('the agent waits', () => machine.calls('CI /agent/waits').length > 0);
      machine.run('systemctl', 'start', '--no-block', 'muster-drain.service');
      await until('drained', () => machine.calls('CI /agent/drained').length > 0);
      await until('left', () => machine.calls('TerminateInstanceInAutoScalingGroup').length > 0);
    } finally {
      await machine.stop();
    }
  });

  it('waits for the boot environment when it is asked for before there is one', async () => {
    const machine = await bootMachine({ ...image, files: agentThatWaits, manager, cloud: { userData: '' } });
    try {
      const activating = (unit: string) =>
        machine.run('systemctl', 'is-active', unit).output === 'activating\n';
      await until('it boots', () => activating('muster-boot.service'), machine.console);
      machine.run(
        'systemd-run',
        '--unit=command',
        '--remain-after-exit',
        'systemctl',
        'start',
        'muster-drain',
      );
      await machine.change({ userData: toUserData(bootEnvironment), targetState: 'Terminated' });
      await until('completed', () =>
        machine
          .calls('CompleteLifecycleAction')
          .some((c) => c.parameters.LifecycleHookName === 'muster-terminating'),
      );
      expect(machine.run('systemctl', 'show', '--property=Result', '--value', 'command').output).toBe(
        'success\n',
      );
      expect(machine.calls('CI /agent/waits')).toEqual([]);
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
