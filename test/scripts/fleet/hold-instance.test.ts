import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { holdInstance } from '../../../scripts/fleet/hold-instance';
import { releaseInstance } from '../../../scripts/fleet/release-instance';
import { verifyNoneHeld } from '../../../scripts/fleet/verify-none-held';
import { verifyRemovedFleets } from '../../../scripts/fleet/verify-removed-fleets';
import { makeConfig } from '../config';
import { groupOf, INSTANCE } from './group-of';

const START = Date.parse('2026-11-21T05:00:00.000Z');
const aws = mockClient(AutoScalingClient);
const ec2 = mockClient(EC2Client);
let lines: string[];
let now: number;
beforeEach(() => {
  lines = [];
  now = START;
  aws.reset();
  ec2.reset();
  aws.onAnyCommand().resolves({});
  ec2.onAnyCommand().resolves({});
  see(groupOf());
});

/** Each look at the group and its instance sees the next of these, the last one for ever. */
function see(...looks: AutoScalingGroup[]): void {
  const groups = aws.on(DescribeAutoScalingGroupsCommand);
  const instances = aws.on(DescribeAutoScalingInstancesCommand);
  for (const look of looks.slice(0, -1)) {
    groups.resolvesOnce({ AutoScalingGroups: [look] });
    instances.resolvesOnce({ AutoScalingInstances: toInstances(look) });
  }
  const last = looks.at(-1) as AutoScalingGroup;
  groups.resolves({ AutoScalingGroups: [last] });
  instances.resolves({ AutoScalingInstances: toInstances(last) });
}
const toInstances = ({ Instances = [], AutoScalingGroupName }: AutoScalingGroup) =>
  Instances.map((instance) => ({ ...instance, AutoScalingGroupName })) as never;

const ports = () => ({
  autoScaling: new AutoScalingClient({ region: 'eu-central-1' }),
  ec2: new EC2Client({ region: 'eu-central-1' }),
  now: () => now,
  sleep: async (milliseconds: number) => {
    now += milliseconds;
  },
  print: (line: string) => lines.push(line),
});
const hold = (named: string | undefined = INSTANCE) => holdInstance(ports(), makeConfig(), named);
const release = () => releaseInstance(ports(), makeConfig(), INSTANCE);
const entered = () => aws.commandCalls(EnterStandbyCommand).map(({ args }) => args[0].input);
const tags = () => ec2.commandCalls(CreateTagsCommand).map(({ args }) => args[0].input.Tags);

describe('a hold', () => {
  test('takes the instance out of service and out of the count, says how to get in and how to let go', async () => {
    see(groupOf(), groupOf('EnteringStandby'), groupOf('Standby'));
    await hold();
    expect(entered()).toEqual([
      {
        AutoScalingGroupName: 'muster-dev-linux',
        InstanceIds: [INSTANCE],
        ShouldDecrementDesiredCapacity: true,
      },
    ]);
    expect(tags()).toEqual([[{ Key: 'muster:held', Value: expect.stringMatching(/^2026-11-21T05:00/) }]]);
    expect(lines.join('\n')).toMatch(
      new RegExp(`start-session .*${INSTANCE}[\\s\\S]*make release ENV=dev INSTANCE=${INSTANCE}`),
    );
  });

  test('of an instance of a closed fleet lowers no count that AWS would not lower', async () => {
    const closed = { DesiredCapacity: 0 };
    see(groupOf('InService', closed), groupOf('Standby', closed));
    await hold();
    expect(entered()[0]?.ShouldDecrementDesiredCapacity).toBe(false);
  });

  test('of one that is held already keeps since when', async () => {
    see(groupOf('Standby'));
    ec2.on(DescribeInstancesCommand).resolves({
      Reservations: [
        { Instances: [{ InstanceId: INSTANCE, Tags: [{ Key: 'muster:held', Value: '2026-11-20' }] }] },
      ],
    });
    await hold();
    expect(entered()).toEqual([]);
    expect(tags()).toEqual([[{ Key: 'muster:held', Value: '2026-11-20' }]]);
  });

  test.each(['Pending:Wait', 'Terminating:Wait', 'Warmed:Stopped'])(
    'of one in %s is refused',
    async (state) => {
      see(groupOf(state));
      await expect(hold()).rejects.toThrow(state);
      expect(entered()).toEqual([]);
    },
  );

  test('that AWS does not bring about says what to do', async () => {
    see(groupOf(), groupOf('EnteringStandby'));
    await expect(hold()).rejects.toThrow(/EnteringStandby.*make hold ENV=dev/);
  });

  test.each([
    ['nothing', '', /INSTANCE=i-/],
    ['no instance id', 'linux', /linux/],
  ])('of %s asks for one', async (_, named, message) => {
    await expect(hold(named)).rejects.toThrow(message);
    expect(aws.calls()).toEqual([]);
  });

  test('of an instance that is gone says so', async () => {
    aws.on(DescribeAutoScalingInstancesCommand).resolves({ AutoScalingInstances: [] });
    await expect(hold()).rejects.toThrow(/gone/);
  });

  test('of an instance of another group is refused', async () => {
    see(groupOf('InService', { AutoScalingGroupName: 'muster-prd-linux' }));
    await expect(hold()).rejects.toThrow(/muster-prd-linux.*ENV=/);
    expect(entered()).toEqual([]);
  });
});

describe('a release', () => {
  test('puts the instance back, from where it leaves', async () => {
    see(groupOf('Standby'));
    await release();
    expect(aws.commandCalls(ExitStandbyCommand)[0]?.args[0].input).toEqual({
      AutoScalingGroupName: 'muster-dev-linux',
      InstanceIds: [INSTANCE],
    });
  });

  test('of one that is not held changes nothing', async () => {
    await release();
    expect(aws.commandCalls(ExitStandbyCommand)).toEqual([]);
    expect(lines.join('\n')).toContain('InService');
  });

  test('waits for room in a full fleet, and says so', async () => {
    const full = groupOf('Standby', { DesiredCapacity: 3 });
    see(full, full, groupOf('Standby', { DesiredCapacity: 2 }));
    await release();
    expect(lines[0]).toMatch(/full .*Waiting/);
    expect(aws.commandCalls(ExitStandbyCommand)).toHaveLength(1);
  });

  test.each([
    ['stays full', { DesiredCapacity: 3 }, '--max-size 4'],
    ['is being destroyed', { DesiredCapacity: 0, MaxSize: 0 }, '--max-size 1'],
  ])('into a fleet that %s ends with what to do', async (_, changes, remedy) => {
    see(groupOf('Standby', changes));
    await expect(release()).rejects.toThrow(remedy);
    expect(aws.commandCalls(ExitStandbyCommand)).toEqual([]);
  });
});

describe('a destroy', () => {
  const verify = () => verifyNoneHeld(ports().autoScaling, makeConfig());

  test('is refused while an instance is held, with how to release it', async () => {
    see(groupOf('Standby'));
    await expect(verify()).rejects.toThrow(`make release ENV=dev INSTANCE=${INSTANCE}`);
  });

  test('is refused while one is held by a fleet that the config has no more', async () => {
    see(groupOf('Standby', { AutoScalingGroupName: 'muster-dev-other' }));
    await expect(verify()).rejects.toThrow(new RegExp(`exit-standby .*muster-dev-other .*${INSTANCE}`));
  });

  test('goes on otherwise', async () => expect(await verify()).toBe('none'));
});

describe('a deploy', () => {
  const verify = () => verifyRemovedFleets(ports().autoScaling, makeConfig());
  const other = { AutoScalingGroupName: 'muster-dev-other' };

  test('says which fleets it removes, and that they drain first', async () => {
    see(groupOf('InService', other));
    expect(await verify()).toMatch(/muster-dev-other.*1 instances/);
  });

  test('is refused while one of those holds an instance', async () => {
    see(groupOf('Standby', other));
    await expect(verify()).rejects.toThrow(new RegExp(`exit-standby .*muster-dev-other .*${INSTANCE}`));
  });

  test('does not mind a held instance of a fleet that stays', async () => {
    see(groupOf('Standby'));
    expect(await verify()).toBe('none');
  });
});
