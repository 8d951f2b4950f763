import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeAsRoot } from '../as-root';
import { agentThatWaits } from './machine/agents';
import type { CloudState } from './machine/cloud';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

const completions = (machine: Machine) =>
  machine
    .calls('CompleteLifecycleAction')
    .map(({ parameters }) => `${parameters.LifecycleHookName} ${parameters.LifecycleActionResult}`);
const waits = (machine: Machine) => machine.calls('CI /agent/waits').length;
const journal = (machine: Machine) => () => machine.run('journalctl', '--no-pager', '--lines=30').output;
const noHookWaits = {
  operation: 'CompleteLifecycleAction',
  status: 400,
  code: 'ValidationError',
  message: 'No active Lifecycle Action found with instance ID i-0test',
};

/** A disk that outlives the boots of one machine. */
async function withDisk(check: (boot: typeof bootMachine) => Promise<void>) {
  const disk = mkdtempSync(join(tmpdir(), 'muster-disk-'));
  const running: Machine[] = [];
  try {
    await check(async (options) => {
      const machine = await bootMachine({ ...options, disk });
      running.push(machine);
      return machine;
    });
  } finally {
    for (const machine of running) await machine.stop();
    rmSync(disk, { recursive: true, force: true });
  }
}
const options = (cloud: Partial<CloudState>) => ({
  ...image,
  files: agentThatWaits,
  cloud,
  manager: { MUSTER_WATCH_SECONDS: '1', MUSTER_STUCK_SECONDS: '0' },
});
/** As AWS stops it. */
async function powerOff(machine: Machine) {
  machine.run('systemctl', 'poweroff', '--no-block');
  await until(
    'off',
    () => machine.isOff(),
    () => machine.console().slice(-500),
  );
}

describeAsRoot('An instance of a warm pool', () => {
  it('completes its hook without an agent, waits to be stopped, and starts as any other when it is needed', () =>
    withDisk(async (boot) => {
      const first = await boot(options({ targetState: 'Warmed:Stopped', token: null, ci: 'down' }));
      await until('completed', () => completions(first).length > 0, journal(first));
      await until('it waits', () => first.run('test', '-e', '/run/muster/warmed').status === 0);
      // Neither too long for the watchdog nor outdated: nothing ends it.
      expect(first.run('systemctl', 'start', 'muster-watchdog.service').status).toBe(0);
      // A drain that means another machine.
      expect(first.run('systemctl', 'start', 'muster-drain.service').status).toBe(0);
      expect(first.run('systemctl', 'is-active', 'muster-leave.service').output).toBe('inactive\n');
      expect(first.isOff()).toBe(false);
      expect(waits(first)).toBe(0);
      expect(first.calls('GetSecretValue')).toEqual([]);
      await powerOff(first);
      expect(completions(first)).toEqual(['muster-launching CONTINUE']);
      expect(first.calls('TerminateInstanceInAutoScalingGroup')).toEqual([]);

      const second = await boot(options({ targetState: 'InService' }));
      await until('the agent waits', () => waits(second) > 0, journal(second));
      expect(completions(second)).toEqual(['muster-launching CONTINUE']);
    }));

  it('completes no hook of its second boot while the metadata service still says that it is in the pool', () =>
    withDisk(async (boot) => {
      const first = await boot(options({ targetState: 'Warmed:Stopped' }));
      await until('completed', () => completions(first).length > 0, journal(first));
      await until('it waits', () => first.run('test', '-e', '/var/lib/muster/warmed').status === 0);
      await powerOff(first);
      const second = await boot(options({ targetState: 'Warmed:Stopped' }));
      await until('it waits', () => second.run('test', '-e', '/run/muster/warmed').status === 0);
      expect(completions(second)).toEqual([]);
      // One that means another machine takes nothing of its agent's start.
      expect(second.run('systemctl', 'start', 'muster-drain.service').status).toBe(0);
      await second.change({ targetState: 'InService' });
      await until('the agent waits', () => waits(second) > 0, journal(second));
      expect(completions(second)).toEqual(['muster-launching CONTINUE']);
    }));

  it('starts nothing and completes nothing while the metadata service does not tell that it is one', async () => {
    const machine = await bootMachine({
      ...options({ targetState: '' }),
      boot: { MUSTER_LAUNCHING_HEARTBEAT: 3 },
    });
    try {
      // Its hook is kept waiting meanwhile.
      const renewals = () => machine.calls('RecordLifecycleActionHeartbeat').length;
      await until('it asks again and again', () => renewals() >= 4, journal(machine));
      expect(machine.calls('GetSecretValue')).toEqual([]);
      expect(completions(machine)).toEqual([]);
      await machine.change({ targetState: 'Warmed:Stopped' });
      await until('it waits', () => machine.run('test', '-e', '/var/lib/muster/warmed').status === 0);
      expect(completions(machine)).toEqual(['muster-launching CONTINUE']);
      expect(waits(machine)).toBe(0);
    } finally {
      await machine.stop();
    }
  });

  it('that is taken out of the pool completes its terminating hook', async () => {
    const machine = await bootMachine(options({ targetState: 'Warmed:Stopped' }));
    try {
      await until('it waits', () => machine.run('test', '-e', '/run/muster/warmed').status === 0);
      await machine.change({ targetState: 'Warmed:Terminated' });
      await until(
        'completed',
        () => completions(machine).includes('muster-terminating CONTINUE'),
        journal(machine),
      );
      expect(machine.calls('TerminateInstanceInAutoScalingGroup')).toEqual([]);
      expect(waits(machine)).toBe(0);
    } finally {
      await machine.stop();
    }
  });
});

describeAsRoot('An instance that is booted again', () => {
  it('while its agent had not started yet, starts it', () =>
    withDisk(async (boot) => {
      const first = await boot({ ...options({ ci: 'down' }), manager: {} });
      await until('asks for its token', () => first.calls('GetSecretValue').length > 0, journal(first));
      await powerOff(first);
      const second = await boot({ ...options({}), manager: {} });
      await until('the agent waits', () => waits(second) > 0, journal(second));
    }));

  it('after its agent had started, starts no second one: it leaves', () =>
    withDisk(async (boot) => {
      const first = await boot({ ...options({}), manager: {} });
      await until('the agent waits', () => waits(first) > 0, journal(first));
      await powerOff(first);
      const second = await boot({ ...options({ faults: [noHookWaits] }), manager: {} });
      await until(
        'leaves',
        () => second.calls('TerminateInstanceInAutoScalingGroup').length > 0,
        journal(second),
      );
      expect(waits(second)).toBe(0);
    }));
});
