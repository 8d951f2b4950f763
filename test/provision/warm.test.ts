import { WARM_TAG } from '../../lambda/scaler/settings';
import type { BootEnvironment } from '../../stacks/boot-environment';
import { describeAsRoot } from '../as-root';
import { agentThatEnds, agentThatIdles } from './machine/agents';
import type { CloudState } from './machine/cloud';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

const warm = (count: string, ...others: CloudState['group']['instances']): Partial<CloudState> => ({
  group: {
    instances: [{ id: 'i-0zz-after' }, ...others, { id: 'i-0test' }],
    tags: {
      Name: 'odd <Instances><member> & "quotes" > all',
      [WARM_TAG]: count,
      'acme:note': `</member><Key>${WARM_TAG}</Key><Value>9</Value>`,
    },
  },
});
const online = (machine: Machine) => machine.calls('CI /agent/idles').length;
const leaves = (machine: Machine) => machine.calls('TerminateInstanceInAutoScalingGroup').length;
const journal = (machine: Machine) => () => machine.run('journalctl', '--no-pager', '--lines=30').output;

async function withMachine(
  cloud: Partial<CloudState>,
  check: (machine: Machine) => Promise<void>,
  boot: Partial<BootEnvironment> = {},
  files = agentThatIdles,
) {
  const machine = await bootMachine({ ...image, files, boot: { MUSTER_IDLE_TIMEOUT: 2, ...boot }, cloud });
  try {
    await check(machine);
  } finally {
    await machine.stop();
  }
}

describeAsRoot('An instance that idled out', () => {
  it('stays while fewer idle ones come before it than are to stay, with a fresh token, and leaves when that changes', () =>
    withMachine(warm('1'), async (machine) => {
      await until('online again', () => online(machine) >= 2, journal(machine));
      expect(machine.calls('GetSecretValue').length).toBeGreaterThanOrEqual(2);
      expect(machine.run('ls', '/run/muster/runner-token').status).not.toBe(0);
      await until('online a third time', () => online(machine) >= 3, journal(machine));
      expect(leaves(machine)).toBe(0);
      await machine.change(warm('0'));
      await until('leaves', () => leaves(machine) > 0, journal(machine));
    }));

  it('is not kept by the token of its first start', () =>
    withMachine({ ...warm('1'), token: 'first-token' }, async (machine) => {
      await until('online', () => online(machine) >= 1, journal(machine));
      await machine.change({ token: null });
      await until('leaves', () => leaves(machine) > 0, journal(machine), 90);
    }));

  const busy = { id: 'i-0aa-busy', isProtected: true };
  const pending = { id: 'i-0ab-pending', state: 'Pending:Wait' };
  const ended = { id: 'i-0ac-ending', state: 'Terminating:Wait' };
  const idle = { id: 'i-0ad-idle' };

  it('counts as idle only who is in service and unprotected', () =>
    withMachine(warm('1', busy, pending, ended), async (machine) => {
      await until('online again', () => online(machine) >= 2, journal(machine));
      expect(leaves(machine)).toBe(0);
    }));

  const reasons: Record<string, { cloud: Partial<CloudState>; boot?: Partial<BootEnvironment> }> = {
    'as many as are to stay come before it': { cloud: warm('1', idle) },
    'its group has no such tag': { cloud: { group: { instances: [{ id: 'i-0test' }], tags: {} } } },
    'the tag is no number': { cloud: warm('many') },
    'its image is not the promoted one': {
      cloud: { ...warm('1'), promoted: { imageId: 'ami-0000000000000002', at: 4_000_000_000 } },
    },
    'it is too old': { cloud: warm('1'), boot: { MUSTER_MAX_AGE: 1 } },
    'its group cannot be read': {
      cloud: {
        ...warm('1'),
        faults: [
          { operation: 'DescribeAutoScalingGroups', status: 400, code: 'Throttling', message: 'Rate' },
        ],
      },
    },
  };
  it.each(Object.entries(reasons))('leaves when %s', (_, { cloud, boot }) =>
    withMachine(
      cloud,
      async (machine) => {
        await until('leaves', () => leaves(machine) > 0, journal(machine));
        expect(online(machine)).toBe(1);
      },
      boot,
    ),
  );

  it('tries again when its group cannot be read at once', () =>
    withMachine(
      {
        ...warm('1'),
        faults: [
          {
            operation: 'DescribeAutoScalingGroups',
            status: 400,
            code: 'Throttling',
            message: 'Rate exceeded',
            count: 2,
          },
        ],
      },
      async (machine) => {
        await until('online again', () => online(machine) >= 2, journal(machine));
        expect(leaves(machine)).toBe(0);
      },
    ));

  it('leaves when it is told to drain while it decides', () =>
    withMachine(
      {
        ...warm('5'),
        faults: [
          {
            operation: 'DescribeAutoScalingGroups',
            status: 400,
            code: 'Throttling',
            message: 'Rate',
            count: 2,
          },
        ],
      },
      async (machine) => {
        await until(
          'it decides',
          () => machine.calls('DescribeAutoScalingGroups').length > 0,
          journal(machine),
        );
        machine.run('systemctl', 'start', '--no-block', 'muster-drain.service');
        await until('leaves', () => leaves(machine) > 0, journal(machine));
        expect(online(machine)).toBe(1);
      },
    ));

  it('leaves when the group wants it gone, however many are to stay', () =>
    withMachine(warm('5'), async (machine) => {
      await until('online again', () => online(machine) >= 2, journal(machine));
      await machine.change({ targetState: 'Terminated' });
      await until(
        'completed',
        () =>
          machine
            .calls('CompleteLifecycleAction')
            .some((c) => c.parameters.LifecycleHookName === 'muster-terminating'),
        journal(machine),
      );
    }));
});

describeAsRoot('An instance whose agent ends before its idle timeout', () => {
  it('leaves, however many are to stay: it would start it for ever', () =>
    withMachine(
      warm('5'),
      async (machine) => {
        await until('leaves', () => leaves(machine) > 0, journal(machine));
        expect(machine.calls('CI /agent/ends').length).toBe(1);
      },
      {},
      agentThatEnds,
    ));
});

describeAsRoot('An instance that ran a job', () => {
  const afterJob = (machine: Machine) => {
    expect(machine.run('/usr/lib/muster/job-unit', 'start', 'true').status).toBe(0);
  };

  it('leaves when it serves one job', () =>
    withMachine(warm('5'), async (machine) => {
      await until('online', () => online(machine) >= 1, journal(machine));
      afterJob(machine);
      await until('leaves', () => leaves(machine) > 0, journal(machine));
      expect(online(machine)).toBe(1);
    }));

  it('leaves when it serves one job whose end nobody noted', () =>
    withMachine(warm('5'), async (machine) => {
      await until('online', () => online(machine) >= 1, journal(machine));
      machine.run('/usr/lib/muster/jobs', 'began', '17');
      await until('leaves', () => leaves(machine) > 0, journal(machine));
      expect(online(machine)).toBe(1);
    }));

  it('stays, idle and unprotected, when it serves many', () =>
    withMachine(
      warm('5'),
      async (machine) => {
        await until('online', () => online(machine) >= 1, journal(machine));
        afterJob(machine);
        await until('online again', () => online(machine) >= 2, journal(machine));
        expect(machine.run('cat', '/run/muster/protected').output).toBe('false\n');
      },
      { MUSTER_SERVES: 'many-jobs' },
    ));
});
