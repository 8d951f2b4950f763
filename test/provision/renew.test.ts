import type { BootEnvironment } from '../../stacks/boot-environment';
import { describeAsRoot } from '../as-root';
import { agentThatWaits, agentWithJob } from './machine/agents';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

const boot = (files: Record<string, string>, environment: Partial<BootEnvironment> = {}) =>
  bootMachine({
    ...image,
    files,
    boot: environment,
    manager: { MUSTER_RENEW_SECONDS: '1', MUSTER_UNWANTED_SECONDS: '1' },
  });
const another = 'ami-0000000000000002';
const now = () => Date.now() / 1000;
const leaves = (machine: Machine) => machine.calls('TerminateInstanceInAutoScalingGroup').length;
const looks = (machine: Machine) => machine.calls('GetParameter').length;
const journal = (machine: Machine) => () => machine.run('journalctl', '--no-pager', '--lines=30').output;

describeAsRoot('An instance whose image is not the promoted one any more', () => {
  it('finishes its job, then leaves', async () => {
    const machine = await boot(agentWithJob);
    try {
      await until('the job runs', () => machine.run('test', '-e', '/run/muster/jobs/job').status === 0);
      await machine.change({ promoted: { imageId: another, at: now() } });
      await until('told to drain', () => machine.calls('CI /agent/term-1').length > 0, journal(machine));
      expect(leaves(machine)).toBe(0);
      expect(machine.run('systemctl', 'is-active', 'muster-job.service').output).toBe('active\n');
      machine.run('touch', '/var/tmp/end-job');
      await until('leaves', () => leaves(machine) > 0, journal(machine));
      expect(machine.calls('CI /agent/job-ended').length).toBe(1);
      expect(
        machine.calls('TerminateInstanceInAutoScalingGroup')[0]?.parameters.ShouldDecrementDesiredCapacity,
      ).toBe('true');
    } finally {
      await machine.stop();
    }
  });
});

describeAsRoot('An idle instance', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await boot(agentThatWaits);
    await until('the agent waits', () => machine.calls('CI /agent/waits').length > 0, journal(machine));
  });
  afterAll(() => machine?.stop());

  async function looksTwice() {
    const before = looks(machine);
    await until('two looks', () => looks(machine) >= before + 2, journal(machine));
  }

  it('goes on with the promoted image', async () => {
    await looksTwice();
    expect(leaves(machine)).toBe(0);
  });

  it('goes on when nobody can read which image is promoted', async () => {
    await machine.change({ promoted: null });
    await looksTwice();
    await machine.change({
      promoted: { imageId: another, at: now() },
      faults: [{ operation: 'GetParameter', status: 400, code: 'AccessDeniedException', message: 'no' }],
    });
    await looksTwice();
    await machine.change({ promoted: { imageId: 'none', at: now() }, faults: [] });
    await looksTwice();
    expect(leaves(machine)).toBe(0);
  });

  it('goes on when it was launched with its image long after another was promoted: so would be the next', async () => {
    await machine.change({ promoted: { imageId: another, at: now() - 3600 } });
    await looksTwice();
    expect(leaves(machine)).toBe(0);
    expect(journal(machine)()).toContain('make promote');
  });

  it('ends when another image is promoted', async () => {
    await machine.change({ promoted: { imageId: another, at: now() } });
    await until('leaves', () => leaves(machine) > 0, journal(machine));
    expect(machine.calls('CI /agent/drained').length).toBe(1);
  });
});

describeAsRoot('An instance that is too old', () => {
  it('ends, a tenth of its age sooner at most', async () => {
    const machine = await boot(agentThatWaits, { MUSTER_MAX_AGE: 4 });
    try {
      await until('leaves', () => leaves(machine) > 0, journal(machine));
      expect(journal(machine)()).toContain('It is too old');
    } finally {
      await machine.stop();
    }
  });
});

describeAsRoot('An instance of many jobs that is busy, and so protected from scale-in', () => {
  const group = (desired: number | null) => ({
    group: { instances: [{ id: 'i-0test', isProtected: true }], tags: { Name: '0' }, desired },
  });
  const looksAtGroup = (machine: Machine) => machine.calls('DescribeAutoScalingGroups').length;

  it('goes on while its group wants instances, or cannot be read, and drains when it wants none', async () => {
    const machine = await boot(agentWithJob, { MUSTER_SERVES: 'many-jobs' });
    try {
      const looksTwice = async () => {
        const before = looksAtGroup(machine);
        await until('two looks', () => looksAtGroup(machine) >= before + 2, journal(machine));
      };
      await until('the job runs', () => machine.run('test', '-e', '/run/muster/jobs/job').status === 0);
      await looksTwice();
      await machine.change(group(null));
      await looksTwice();
      await machine.change({
        ...group(0),
        faults: [
          { operation: 'DescribeAutoScalingGroups', status: 400, code: 'Throttling', message: 'Rate' },
        ],
      });
      await looksTwice();
      expect(machine.calls('CI /agent/term-1')).toEqual([]);
      await machine.change({ ...group(0), faults: [] });
      await until('told to drain', () => machine.calls('CI /agent/term-1').length > 0, journal(machine));
      expect(leaves(machine)).toBe(0);
      machine.run('touch', '/var/tmp/end-job');
      await until('leaves', () => leaves(machine) > 0, journal(machine));
    } finally {
      await machine.stop();
    }
  });
});

describeAsRoot('An instance of many jobs whose image is not the promoted one any more', () => {
  it.each([
    // A moment within the first seconds of thirty years will not be drawn.
    ['goes on until its moment in the time over which they spread', '1000000000', false],
    ['drains when its moment has come', '1', true],
  ])('%s', async (_, spread, drains) => {
    const machine = await bootMachine({
      ...image,
      files: agentThatWaits,
      boot: { MUSTER_SERVES: 'many-jobs' },
      cloud: { promoted: { imageId: another, at: 4_000_000_000 } },
      manager: { MUSTER_RENEW_SECONDS: '1', MUSTER_UNWANTED_SECONDS: '1', MUSTER_RENEW_SPREAD: spread },
    });
    try {
      await until('found outdated', () => journal(machine)().includes('is to be renewed'), journal(machine));
      if (drains) return void (await until('leaves', () => leaves(machine) > 0, journal(machine)));
      const before = looks(machine);
      await until('two looks', () => looks(machine) >= before + 2, journal(machine));
      expect(machine.calls('CI /agent/drained')).toEqual([]);
    } finally {
      await machine.stop();
    }
  });
});
