import { describeAsRoot } from '../as-root';
import { agentThatWaits } from './machine/agents';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

const notInService = {
  operation: 'SetInstanceProtection',
  status: 400,
  code: 'ValidationError',
  message: 'The instance i-0test is not in InService.',
  count: 2,
};

/** Protections that AWS has set, in order. */
const protections = (machine: Machine) =>
  machine
    .calls('SetInstanceProtection')
    .filter((call) => !call.refused)
    .map((call) => call.parameters.ProtectedFromScaleIn);
const job = (machine: Machine, ...command: string[]) =>
  machine.run('/usr/lib/muster/job-unit', 'start', ...command);
const journal = (machine: Machine) => () => machine.run('journalctl', '--no-pager', '--lines=30').output;

async function bootFleet(serves: 'one-job' | 'many-jobs', protection: 'busy' | 'all' = 'busy') {
  const machine = await bootMachine({
    ...image,
    files: agentThatWaits,
    boot: { MUSTER_SERVES: serves, MUSTER_PROTECTION: protection },
    manager: { MUSTER_UNWANTED_SECONDS: '1' },
  });
  await until('the agent waits', () => machine.calls('CI /agent/waits').length > 0, journal(machine));
  return machine;
}

describeAsRoot('An instance that takes many jobs', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootFleet('many-jobs');
  });
  afterAll(() => machine?.stop());

  it('is protected from scale-in while it runs a job, and not any more after', async () => {
    expect(job(machine, 'true').status).toBe(0);
    await until('protected and free', () => protections(machine).at(-1) === 'false', journal(machine));
    const [first] = machine.calls('SetInstanceProtection');
    expect(first?.parameters).toMatchObject({
      AutoScalingGroupName: 'muster-test-linux',
      'InstanceIds.member.1': 'i-0test',
    });
  });

  it('stays protected until the last of its jobs ended', async () => {
    const noted = (what: string, id: string) => machine.run('/usr/lib/muster/jobs', what, id);
    noted('began', 'one');
    noted('began', 'other');
    await until('protected', () => protections(machine).at(-1) === 'true', journal(machine));
    noted('ended', 'one');
    expect(machine.run('cat', '/run/muster/protected').output).toBe('true\n');
    expect(machine.run('test', '-e', '/run/muster/protect').status).not.toBe(0);
    noted('ended', 'other');
    await until('free', () => protections(machine).at(-1) === 'false', journal(machine));
  });

  it('takes the job though AWS refuses the protection, which is tried again', async () => {
    await machine.change({ faults: [notInService] });
    expect(job(machine, 'echo', 'a job').output).toBe('a job\n');
    await machine.change({ faults: [notInService] });
    machine.run('/usr/lib/muster/jobs', 'began', 'one');
    await until('protected', () => protections(machine).at(-1) === 'true', journal(machine));
    machine.run('/usr/lib/muster/jobs', 'ended', 'one');
    await until('free', () => protections(machine).at(-1) === 'false', journal(machine));
  });

  it('does not wait for AWS, however often jobs begin and end', async () => {
    await machine.change({ aws: 'down' });
    for (let round = 0; round < 10; round++) {
      machine.run('/usr/lib/muster/jobs', 'began', 'one');
      machine.run('/usr/lib/muster/jobs', 'ended', 'one');
    }
    expect(job(machine, 'echo', 'a job').output).toBe('a job\n');
    machine.run('/usr/lib/muster/jobs', 'began', 'last');
    await machine.change({ aws: 'up' });
    await until('protected', () => protections(machine).at(-1) === 'true', journal(machine));
  });
});

describeAsRoot('An instance that takes one job', () => {
  it('keeps its protection to the end, which no leave minds', async () => {
    const machine = await bootFleet('one-job');
    try {
      expect(job(machine, 'true').status).toBe(0);
      await until('protected', () => protections(machine).length > 0, journal(machine));
      await until('nothing more is wished', () =>
        machine.run('systemctl', 'is-active', 'muster-protect.service').output.startsWith('inactive'),
      );
      expect(protections(machine)).toEqual(['true']);
    } finally {
      await machine.stop();
    }
  });
});

describeAsRoot('An instance of a fleet that protects all', () => {
  const group = (desired: number) => ({
    group: { instances: [{ id: 'i-0test', isProtected: true }], tags: {}, desired },
  });
  it.each(['one-job', 'many-jobs'] as const)(
    'of %s neither sets its protection nor ends it, and goes when its group is to have none',
    async (serves) => {
      const machine = await bootFleet(serves, 'all');
      try {
        await machine.change(group(1));
        machine.run('/usr/lib/muster/jobs', 'began', 'one');
        await until('nothing is wished', () => machine.run('test', '-e', '/run/muster/protect').status !== 0);
        machine.run('/usr/lib/muster/jobs', 'ended', 'one');
        await until(
          'it looks',
          () => machine.calls('DescribeAutoScalingGroups').length > 1,
          journal(machine),
        );
        expect(machine.calls('CI /agent/drained')).toEqual([]);
        await machine.change(group(0));
        await until(
          'leaves',
          () => machine.calls('TerminateInstanceInAutoScalingGroup').length > 0,
          journal(machine),
        );
        expect(machine.calls('SetInstanceProtection')).toEqual([]);
      } finally {
        await machine.stop();
      }
    },
  );
});
