import { describeAsRoot } from '../as-root';
import { agentWithJob } from './machine/agents';
import { bootGitlabMachine } from './machine/gitlab';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

/** A job is aborted ten minutes before the deadline, so that these need not wait for it. */
const manager = { MUSTER_WATCH_SECONDS: '1', MUSTER_ABORT_SECONDS: '600' };
const interruption = (time: string) => ({ interruption: JSON.stringify({ action: 'terminate', time }) });
/** In so many seconds, as AWS writes it. */
const inSeconds = (seconds: number) => `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;
const rebalance = { rebalance: '{"noticeTime":"2026-11-20T08:22:00Z"}' };
const leaves = (machine: Machine) =>
  machine
    .calls('TerminateInstanceInAutoScalingGroup')
    .filter((call) => !call.refused)
    .map((call) => call.parameters.ShouldDecrementDesiredCapacity);
const completed = (machine: Machine) =>
  machine
    .calls('CompleteLifecycleAction')
    .some((call) => call.parameters.LifecycleHookName === 'muster-terminating');
const told = (machine: Machine, words: string) => machine.calls(`CI /agent/${words}`).length;
const journal = (machine: Machine) => () => machine.run('journalctl', '--no-pager', '--lines=40').output;

async function withJob(play: (machine: Machine) => Promise<void>) {
  const machine = await bootMachine({ ...image, files: agentWithJob, manager, cloud: { market: 'spot' } });
  try {
    await until('the job runs', () => machine.run('test', '-e', '/run/muster/jobs/job').status === 0);
    await play(machine);
  } finally {
    await machine.stop();
  }
}

describeAsRoot('An instance that the spot market takes', () => {
  it('leaves the count at once, and itself when its job has ended in time', () =>
    withJob(async (machine) => {
      const operation = 'TerminateInstanceInAutoScalingGroup';
      const throttled = { operation, status: 400, code: 'Throttling', message: 'Rate exceeded', count: 1 };
      await machine.change({ ...interruption(inSeconds(3600)), faults: [throttled] });
      await until('counted out', () => leaves(machine).length > 0, journal(machine));
      expect(told(machine, 'term-1')).toBe(1);
      expect(machine.run('systemctl', 'is-active', 'muster-job.service').output).toBe('active\n');
      machine.run('touch', '/var/tmp/end-job');
      await until('completed', () => completed(machine), journal(machine));
      expect(told(machine, 'job-ended')).toBe(1);
      expect(told(machine, 'term-2')).toBe(0);
      expect(leaves(machine)).toEqual(['true']);
    }));

  it('may drain for long after a recommendation, and aborts its job when the notice comes and its time is near', () =>
    withJob(async (machine) => {
      await machine.change(rebalance);
      await until('counted out', () => leaves(machine).length > 0, journal(machine));
      expect(machine.run('cat', '/run/muster/notice').output).toBe('rebalance \n');
      expect(told(machine, 'term-2')).toBe(0);
      await machine.change(interruption(inSeconds(120)));
      await until('aborted', () => told(machine, 'job-ended') > 0, journal(machine));
      expect(told(machine, 'term-2')).toBe(1);
      await until('completed', () => completed(machine), journal(machine));
      expect(leaves(machine)).toEqual(['true']);
    }));

  it('asks AWS nothing shortly before: an answer that does not come would keep the job from being aborted', () =>
    withJob(async (machine) => {
      await machine.change(interruption(inSeconds(120)));
      await until('counted out', () => leaves(machine).length > 0, journal(machine));
      const operations = machine.calls().map(({ operation }) => operation);
      const aborted = operations.indexOf('CI /agent/term-2');
      expect(aborted).not.toBe(-1);
      const asked = operations.slice(0, aborted);
      expect(asked).not.toContain('TerminateInstanceInAutoScalingGroup');
      expect(asked).not.toContain('RecordLifecycleActionHeartbeat');
    }));

  it('takes a time that it cannot read for two minutes from now', () =>
    withJob(async (machine) => {
      await machine.change(interruption('soon'));
      const notice = () => machine.run('cat', '/run/muster/notice').output;
      await until('noted', () => notice().startsWith('interruption '), journal(machine));
      const left = Number(notice().split(' ')[1]) - Date.now() / 1000;
      expect(left).toBeGreaterThan(60);
      expect(left).toBeLessThan(121);
    }));

  it('has GitLab told that the job was aborted', async () => {
    const machine = await bootGitlabMachine({ ...image, manager, cloud: { market: 'spot' } });
    try {
      const [id = ''] = await machine.enqueue({ command: 'sleep 4242' });
      const state = async () => (await machine.job(id)).state;
      await until('the job runs', async () => (await state()) === 'running', machine.journal);
      await machine.change(interruption(inSeconds(120)));
      await until('failed', async () => (await state()) === 'failed', machine.journal);
      expect((await machine.job(id)).reason).toBe('runner_system_failure');
      await until('completed', () => completed(machine), machine.journal);
      expect(await machine.managers()).toEqual([]);
    } finally {
      await machine.stop();
    }
  });
});
