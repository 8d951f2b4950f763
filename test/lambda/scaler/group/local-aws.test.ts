/** The scaler's real requests against the local AWS: what AWS's documents say was read twice, apart from each other. */
import { CreateOrUpdateTagsCommand, EnterStandbyCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { type FleetState, newFleetState, type Poll } from '../../../../lambda/scaler/fleet-state';
import { createGroups } from '../../../../lambda/scaler/group/groups';
import { pollFleets } from '../../../../lambda/scaler/poll-fleets';
import type { Ports } from '../../../../lambda/scaler/ports';
import { type FleetSettings, MEMORY_TAG, PAUSED_TAG } from '../../../../lambda/scaler/settings';
import { steadyClock } from '../../../clock/steady-clock';
import {
  type Account,
  deleteFleets,
  type Fleet,
  makeFleet,
  makeMixedFleet,
  prepareAccount,
} from '../../../local/aws-fleet';
import { type LocalAws, startLocalAws } from '../../../local/start-local-aws';
import { newWorld, portsOf } from '../fake-ports';
import { settingsOf } from '../perfect';

const account = { ci: 'circleci' as const, baseUrl: 'http://ci.invalid', apiTokenSecret: 'x' };
let aws: LocalAws;
let owned: Account;
let advancedMs: number;
let jobs: { queued: number; running: number };
beforeAll(async () => {
  aws = await startLocalAws();
  owned = await prepareAccount(aws);
  advancedMs = 0;
});
beforeEach(() => {
  jobs = { queued: 2, running: 0 };
});
afterEach(async () => {
  await aws.local('PUT', 'options', { noSpotCapacity: [] });
  await deleteFleets(owned);
});
afterAll(() => aws?.stop());

function scale(fleet: Fleet, given: Partial<FleetSettings> = {}) {
  const state: FleetState = newFleetState(settingsOf({ group: fleet.name, ...given }));
  const ports: Ports = {
    ...portsOf(newWorld(), { readDemand: async () => ({ kind: 'known', ...jobs }) }),
    ...steadyClock,
    // The time of the cloud is moved; who waits for an answer waits in ours.
    now: () => Date.now() + advancedMs,
    groups: createGroups(owned.autoScaling, steadyClock),
  };
  return async (): Promise<Poll> => {
    const [poll] = await pollFleets(
      { fleets: [state], account },
      { fleets: 0, requests: 0 },
      10_000,
      ports,
      'minute',
    );
    if (!poll) throw new Error('no fleet was polled');
    return poll;
  };
}
async function minute() {
  advancedMs += 60_000;
  await aws.local('POST', 'clock', { advanceSeconds: 60 });
}
const buys = async (fleet: Fleet) => (await fleet.group()).MixedInstancesPolicy?.InstancesDistribution;

test('without spot capacity on-demand instances come, and spot is bought again an hour later', async () => {
  const fleet = await makeMixedFleet(aws, owned, 0, ['m7i.large']);
  const before = await buys(fleet);
  await aws.local('PUT', 'options', { noSpotCapacity: ['*'] });
  const poll = scale(fleet, { spot: { percent: 100, fallbackMinutes: 5 } });

  let minutes = 0;
  for (; (await fleet.instances()).length === 0 && minutes < 15; minutes++) {
    const { failure } = await poll();
    if (minutes >= 3) expect(failure?.problem).toBe('no-spot-capacity');
    await minute();
  }
  expect(minutes).toBeGreaterThanOrEqual(5);
  expect(minutes).toBeLessThanOrEqual(9);
  expect(await buys(fleet)).toEqual({ ...before, OnDemandPercentageAboveBaseCapacity: 100 });
  expect((await fleet.group()).Tags).toContainEqual(
    expect.objectContaining({ Key: MEMORY_TAG, Value: expect.stringMatching(/ s=/) }),
  );
  const InstanceIds = (await fleet.instances()).map(({ InstanceId = '' }) => InstanceId);
  const { Reservations = [] } = await owned.ec2.send(new DescribeInstancesCommand({ InstanceIds }));
  expect(Reservations.flatMap(({ Instances = [] }) => Instances.map((one) => one.InstanceLifecycle))).toEqual(
    InstanceIds.map(() => undefined),
  );

  for (const instance of await fleet.instances()) await fleet.complete(instance, 'launching');
  jobs = { queued: 0, running: 2 };
  await aws.local('PUT', 'options', { noSpotCapacity: [] });
  for (let i = 0; i < 62; i++) await minute();
  await poll();
  expect(await buys(fleet)).toEqual(before);
});

test('a held instance is known by its id, and a paused fleet goes to nothing', async () => {
  const fleet = await makeFleet(aws, owned);
  const [held] = await fleet.fill(2);
  await owned.autoScaling.send(
    new EnterStandbyCommand({
      AutoScalingGroupName: fleet.name,
      InstanceIds: [held?.InstanceId ?? ''],
      ShouldDecrementDesiredCapacity: true,
    }),
  );
  jobs = { queued: 0, running: 0 };
  const poll = scale(fleet);
  expect(await poll()).toMatchObject({
    capacity: { held: [held?.InstanceId], desired: 1, inService: [expect.any(String)] },
  });

  await owned.autoScaling.send(
    new CreateOrUpdateTagsCommand({
      Tags: [
        {
          ResourceType: 'auto-scaling-group',
          ResourceId: fleet.name,
          Key: PAUSED_TAG,
          Value: new Date(0).toISOString(),
          PropagateAtLaunch: false,
        },
      ],
    }),
  );
  expect(await poll()).toMatchObject({
    capacity: { paused: { since: 0 } },
    decision: { kind: 'close', to: 0, reason: 'paused' },
  });
  expect(await fleet.states()).toEqual([expect.stringMatching(/Standby$/), 'Terminating:Wait']);
});
