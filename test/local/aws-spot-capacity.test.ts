import { type MixedInstancesPolicy, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import {
  type Account,
  deleteFleets,
  type Fleet,
  makeFleet,
  makeMixedFleet,
  prepareAccount,
} from './aws-fleet';
import { type LocalAws, startLocalAws } from './start-local-aws';

let aws: LocalAws;
let account: Account;
beforeAll(async () => {
  aws = await startLocalAws();
  account = await prepareAccount(aws);
});
const options = (change: object) => aws.local('PUT', 'options', change);
afterEach(async () => {
  await options({ noCapacity: [], noSpotCapacity: [], spotLimit: null, onDemandLimit: null });
  await deleteFleets(account);
});
afterAll(() => aws?.stop());

const advance = (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds });
const TYPES = ['c7i.large', 'm7i.large'];

const makeMixed = (onDemandPercent: number) => makeMixedFleet(aws, account, onDemandPercent, TYPES);
const failure = async (fleet: Fleet) => {
  const [activity] = await fleet.activities();
  expect(activity?.StatusCode).toBe('Failed');
  return activity?.StatusMessage;
};
const bought = async (fleet: Fleet) => {
  const InstanceIds = (await fleet.instances()).map(({ InstanceId = '' }) => InstanceId);
  const found = await account.ec2.send(new DescribeInstancesCommand({ InstanceIds }));
  return (found.Reservations ?? [])
    .flatMap(({ Instances }) => Instances ?? [])
    .map((one) => `${one.InstanceLifecycle ?? 'on-demand'} ${one.InstanceType}`);
};

describe('a launch that EC2 refuses', () => {
  test.each([
    [
      0,
      { noSpotCapacity: ['*'] },
      'Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.',
    ],
    [
      100,
      { noCapacity: TYPES },
      'Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient m7i.large capacity',
    ],
    [
      0,
      { spotLimit: 0 },
      'Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching EC2 instance failed.',
    ],
    [
      100,
      { onDemandLimit: 0 },
      'Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 0 allows',
    ],
  ])('of %p %% on demand with %p says why', async (percent, change, message) => {
    const fleet = await makeMixed(percent);
    await options(change);
    await fleet.desire(1);
    expect(await failure(fleet)).toContain(message);
    expect((await fleet.activities())[0]?.Description).toContain(`Status Reason: ${message}`);
    await options({ noCapacity: [], noSpotCapacity: [], spotLimit: null, onDemandLimit: null });
    await advance(3);
    expect(await fleet.states()).toEqual(['Pending:Wait']);
  });

  test('can be told from one of the other kind by a fault', async () => {
    const [spot, onDemand] = [await makeMixed(0), await makeMixed(100)];
    const { id } = await aws.local<{ id: number }>('POST', 'faults', {
      service: 'ec2',
      operation: 'RunInstances',
      resource: ' spot',
      status: 400,
      code: 'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
      message:
        'The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.',
    });
    try {
      await spot.desire(1);
      await onDemand.desire(1);
    } finally {
      await aws.local('DELETE', `faults/${id}`);
    }
    expect(await failure(spot)).toContain(
      'Could not launch Spot Instances. AuthFailure.ServiceLinkedRoleCreationNotPermitted - The provided credentials',
    );
    expect(await onDemand.states()).toEqual(['Pending:Wait']);
  });

  test('of a group without a mixed-instances policy has no code', async () => {
    const fleet = await makeFleet(aws, account);
    await options({ noCapacity: ['*'] });
    await fleet.desire(1);
    expect(await failure(fleet)).toMatch(/^We currently do not have sufficient m7i\.large capacity/);
  });
});

describe('what there is', () => {
  test('the next type is taken when the first is not to be had', async () => {
    const fleet = await makeMixed(100);
    await options({ noCapacity: ['c7i.large'] });
    await fleet.desire(1);
    expect(await bought(fleet)).toEqual(['on-demand m7i.large']);
  });

  test('the other zone is taken when one has nothing', async () => {
    const fleet = await makeMixed(0);
    await options({ noSpotCapacity: ['eu-central-1a'] });
    await fleet.desire(2);
    const zones = (await fleet.instances()).map(({ AvailabilityZone }) => AvailabilityZone);
    expect(zones).toEqual(['eu-central-1b', 'eu-central-1b']);
  });

  test('one group may lack what another one gets', async () => {
    const [poor, rich] = [await makeMixed(0), await makeMixed(0)];
    await options({ noSpotCapacity: [poor.name] });
    await poor.desire(1);
    await rich.desire(1);
    expect(await poor.states()).toEqual([]);
    expect(await rich.states()).toEqual(['Pending:Wait']);
  });
});

describe('another distribution', () => {
  const change = (fleet: Fleet, MixedInstancesPolicy: MixedInstancesPolicy) =>
    account.autoScaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: fleet.name, MixedInstancesPolicy }),
    );
  const ON_DEMAND = { InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 100 } };

  test('keeps template and types, and is for what launches next', async () => {
    const fleet = await makeMixed(0);
    await fleet.desire(1);
    const before = (await fleet.group()).MixedInstancesPolicy;
    await change(fleet, ON_DEMAND);
    expect((await fleet.group()).MixedInstancesPolicy).toEqual({
      ...before,
      InstancesDistribution: { ...before?.InstancesDistribution, OnDemandPercentageAboveBaseCapacity: 100 },
    });
    expect(await bought(fleet)).toEqual(['spot c7i.large']);
    await fleet.desire(2);
    expect((await bought(fleet)).sort()).toEqual(['on-demand c7i.large', 'spot c7i.large']);
  });

  test('what AWS leaves open: members that are not given may take their defaults', async () => {
    const fleet = await makeMixed(0);
    await options({ distributionUpdateMerges: false });
    try {
      await change(fleet, ON_DEMAND);
    } finally {
      await options({ distributionUpdateMerges: true });
    }
    expect((await fleet.group()).MixedInstancesPolicy?.InstancesDistribution).not.toHaveProperty(
      'SpotAllocationStrategy',
    );
  });

  test('of a group that has no mixed-instances policy is refused', async () => {
    const fleet = await makeFleet(aws, account);
    await expect(change(fleet, ON_DEMAND)).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('a spot instance that EC2 takes back', () => {
  const reclaim = (id: string | undefined) =>
    account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id ?? ''] }));

  test('in service is replaced after the health check, without waiting in a hook', async () => {
    const fleet = await makeMixed(0);
    const [one] = await fleet.fill(1);
    await reclaim(one?.InstanceId);
    expect(await fleet.states()).toEqual(['InService']);
    await advance(2);
    expect(await fleet.states()).toEqual(['Pending:Wait']);
    expect((await fleet.group()).DesiredCapacity).toBe(1);
  });

  test('while it drains is gone', async () => {
    const fleet = await makeMixed(0);
    const [one] = await fleet.fill(1);
    await fleet.desire(0);
    await reclaim(one?.InstanceId);
    await advance(2);
    expect(await fleet.states()).toEqual([]);
    await expect(fleet.complete(one, 'terminating')).rejects.toThrow('No active Lifecycle Action');
  });

  test('while it launches is replaced', async () => {
    const fleet = await makeMixed(0);
    await fleet.desire(1);
    const [one] = await fleet.instances();
    await reclaim(one?.InstanceId);
    await advance(5);
    const [other] = await fleet.instances();
    expect(other).toMatchObject({ LifecycleState: 'Pending:Wait' });
    expect(other?.InstanceId).not.toBe(one?.InstanceId);
  });
});
