import { describeAsRoot } from '../as-root';
import { agentThatWaits, agentWithJob } from './machine/agents';
import type { CloudState } from './machine/cloud';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

const boot = (files: Record<string, string>, cloud: Partial<CloudState> = {}) =>
  bootMachine({
    ...image,
    files,
    cloud,
    manager: {
      MUSTER_WATCH_SECONDS: '1',
      MUSTER_RENEW_SECONDS: '1',
      MUSTER_WATCHDOG_GRACE: '0',
      MUSTER_STUCK_SECONDS: '0',
    },
  });
const leaves = (machine: Machine) =>
  machine
    .calls('TerminateInstanceInAutoScalingGroup')
    .map((call) => call.parameters.ShouldDecrementDesiredCapacity);
const completed = (machine: Machine) =>
  machine
    .calls('CompleteLifecycleAction')
    .some((call) => call.parameters.LifecycleHookName === 'muster-terminating');
const journal = (machine: Machine) => () => machine.run('journalctl', '--no-pager', '--lines=40').output;
const state = (machine: Machine, unit: string) =>
  machine.run('systemctl', 'show', '--property=ActiveState', '--value', unit).output.trim();
/** Held, its agent ended, and the leave that followed refrained. */
const rests = (machine: Machine) =>
  until(
    'it rests',
    () =>
      machine.run('test', '-e', '/run/muster/held').status === 0 &&
      state(machine, 'muster-agent.service') === 'inactive' &&
      state(machine, 'muster-leave.service') === 'inactive' &&
      machine.run('test', '-e', '/run/muster/leaving').status !== 0 &&
      journal(machine)().includes('Does not stay'),
    journal(machine),
  );

describeAsRoot('An instance that is held', () => {
  it('finishes its job, takes no other, does not leave until it is released, and leaves then', async () => {
    const machine = await boot(agentWithJob);
    try {
      await until('the job runs', () => machine.run('test', '-e', '/run/muster/jobs/job').status === 0);
      await machine.change({ targetState: 'Standby' });
      await until('told to end', () => machine.calls('CI /agent/term-1').length > 0, journal(machine));
      expect(state(machine, 'muster-job.service')).toBe('active');
      machine.run('touch', '/var/tmp/end-job');
      await until('the job has ended', () => machine.calls('CI /agent/job-ended').length > 0);
      await rests(machine);
      // Neither too long for the watchdog nor outdated, and however often it is drained.
      await machine.change({ promoted: { imageId: 'ami-0000000000000002', at: 4_000_000_000 } });
      expect(machine.run('systemctl', 'start', 'muster-watchdog.service').status).toBe(0);
      expect(machine.run('systemctl', 'start', 'muster-drain.service').status).toBe(0);
      await rests(machine);
      expect(machine.isOff()).toBe(false);
      expect(leaves(machine)).toEqual([]);
      expect(journal(machine)().split('Held (Standby)')).toHaveLength(2);
      await machine.change({ targetState: 'InService' });
      await until('completed', () => completed(machine), journal(machine));
      expect(leaves(machine)).toEqual(['true']);
      expect(machine.calls('CI /agent/job-runs')).toHaveLength(1);
      expect(machine.calls('CI /agent/term-2')).toEqual([]);
    } finally {
      await machine.stop();
    }
  });

  it('is not given up for a recommendation of the spot market, and not replaced when that takes it', async () => {
    const machine = await boot(agentThatWaits, { market: 'spot' });
    try {
      await until('the agent waits', () => machine.calls('CI /agent/waits').length > 0, journal(machine));
      await machine.change({ targetState: 'Standby', rebalance: '{"noticeTime":"2026-11-20T08:22:00Z"}' });
      const notice = () => machine.run('cat', '/run/muster/notice').output;
      await until('noted', () => notice().startsWith('rebalance'), journal(machine));
      await rests(machine);
      expect(leaves(machine)).toEqual([]);
      await machine.change({ interruption: '{"action":"terminate","time":"2026-11-20T08:22:00Z"}' });
      await until('completed', () => completed(machine), journal(machine));
      expect(leaves(machine)).toEqual(['false']);
    } finally {
      await machine.stop();
    }
  });

  it('completes its hook when its group ends it all the same', async () => {
    const machine = await boot(agentThatWaits);
    try {
      await until('the agent waits', () => machine.calls('CI /agent/waits').length > 0, journal(machine));
      await machine.change({ targetState: 'Standby' });
      await until('told to end', () => machine.calls('CI /agent/drained').length > 0, journal(machine));
      await rests(machine);
      await machine.change({ targetState: 'Terminated' });
      await until('completed', () => completed(machine), journal(machine));
      expect(leaves(machine)).toEqual([]);
    } finally {
      await machine.stop();
    }
  });
});
