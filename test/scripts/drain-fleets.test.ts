import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { drainFleets } from '../../scripts/drain-fleets';
import { makeConfig } from './config';

const aws = mockClient(AutoScalingClient);
beforeEach(() => aws.reset());

const group = (...states: string[]): AutoScalingGroup => ({
  AutoScalingGroupName: 'muster-dev-linux',
  MinSize: 0,
  MaxSize: 3,
  DesiredCapacity: states.length,
  DefaultCooldown: 0,
  AvailabilityZones: [],
  HealthCheckType: 'EC2',
  CreatedTime: new Date(0),
  Instances: states.map((LifecycleState, index) => ({
    InstanceId: `i-${index}`,
    LifecycleState: LifecycleState as 'InService',
    AvailabilityZone: 'a',
    HealthStatus: 'Healthy',
    ProtectedFromScaleIn: false,
  })),
});

const perfectLimit = () => Math.max(...makeConfig().fleets.map(({ jobLimitMinutes }) => jobLimitMinutes));

/** Each look at the groups sees the next of these, the last one for ever. */
function see(...looks: AutoScalingGroup[][]): void {
  const answers = aws.on(DescribeAutoScalingGroupsCommand);
  for (const look of looks) answers.resolvesOnce({ AutoScalingGroups: look });
  answers.resolves({ AutoScalingGroups: looks.at(-1) ?? [] });
  aws.on(UpdateAutoScalingGroupCommand).resolves({});
}

async function drain(): Promise<string[]> {
  let now = 0;
  const lines: string[] = [];
  await drainFleets(new AutoScalingClient({ region: 'eu-central-1' }), makeConfig(), {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
    print: (line) => lines.push(line),
  });
  return lines;
}

test('a closed fleet cannot be opened by the scaler', async () => {
  see([group()]);
  await drain();
  expect(aws.commandCalls(UpdateAutoScalingGroupCommand)[0]?.args[0].input).toMatchObject({
    AutoScalingGroupName: 'muster-dev-linux',
    MinSize: 0,
    MaxSize: 0,
    DesiredCapacity: 0,
  });
});

test('the wait lasts until the last instance is gone', async () => {
  see([group('InService')], [group('InService')], [group('Terminating:Wait')], [group()]);
  expect(await drain()).toEqual([
    expect.stringContaining('i-0 InService'),
    expect.stringContaining('i-0 Terminating:Wait'),
  ]);
});

test('an instance has all the time that a job of GitLab may take beyond its limit', async () => {
  // Five seconds for each look: 20 min for what surrounds the script, and a minute until the watchdog kills.
  const looks = ((perfectLimit() + 21) * 60) / 5;
  see(...Array.from({ length: looks }, () => [group('Terminating:Wait')]), [group()]);
  await expect(drain()).resolves.toBeDefined();
});

test('an instance that outlives the longest job stops the destroy', async () => {
  see([group('Terminating:Wait')]);
  await expect(drain()).rejects.toThrow(/i-0 Terminating:Wait/);
});

test('a fleet that is not deployed needs no drain', async () => {
  see([]);
  expect(await drain()).toEqual([]);
  expect(aws.commandCalls(UpdateAutoScalingGroupCommand)).toHaveLength(0);
});

test('an idle instance of a fleet that protects all has its idle time, too, before it stops the destroy', async () => {
  see([group('InService')]);
  const waited = async (deviate: Parameters<typeof makeConfig>[0]) => {
    let now = 0;
    const pace = {
      now: () => now,
      sleep: async (milliseconds: number) => {
        now += milliseconds;
      },
      print: () => {},
    };
    const client = new AutoScalingClient({ region: 'eu-central-1' });
    await expect(drainFleets(client, makeConfig(deviate), pace)).rejects.toThrow(/i-0/);
    return now;
  };
  const idle = await waited((raw) => {
    Object.assign(raw.fleets[0], { protection: 'all', idleSeconds: 3600 });
  });
  expect(idle - (await waited(() => {}))).toBe(3600_000);
});
