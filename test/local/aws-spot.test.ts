/** Spot instances of the local AWS: what they are told, and how they end. */
import {
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { InstanceRecord } from '../../local/machines/instance';
import { lookUp, toDocuments } from '../../local/machines/metadata/documents';
import { type Account, deleteFleets, makeFleet, prepareAccount } from './aws-fleet';
import { type Functions, prepareFunctions } from './aws-functions';
import { callAws } from './call-aws';
import { type LocalAws, startLocalAws } from './start-local-aws';
import { until } from './until';

const SPOT = { InstanceMarketOptions: { MarketType: 'spot' } } as const;

let aws: LocalAws;
let account: Account;
let functions: Functions;
beforeAll(async () => {
  aws = await startLocalAws();
  account = await prepareAccount(aws);
  functions = await prepareFunctions(aws);
});
afterEach(() => deleteFleets(account));
afterAll(() => aws?.stop());

async function launch(change: Partial<RunInstancesCommandInput> = SPOT): Promise<string> {
  const { Instances } = await account.ec2.send(
    new RunInstancesCommand({ ImageId: account.imageId, MinCount: 1, MaxCount: 1, ...change }),
  );
  return Instances?.[0]?.InstanceId ?? '';
}
const notify = (id: string, body: { kind: string; inSeconds?: number }) =>
  aws.local('POST', `instances/${id}/spot-notice`, body);
const advance = (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds });
const describeInstance = async (id: string) =>
  (await account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).Reservations?.[0]
    ?.Instances?.[0];
/** What the metadata service says at a path. */
const metadata = async (id: string, path: string) =>
  lookUp(toDocuments(await aws.local<InstanceRecord>('GET', `instances/${id}`)), `meta-data/${path}`);

test('an instance knows whether it is a spot instance', async () => {
  expect(await metadata(await launch(), 'instance-life-cycle')).toBe('spot');
  expect(await metadata(await launch({}), 'instance-life-cycle')).toBe('on-demand');
});

test('without a notice the metadata service has none', async () => {
  const id = await launch();
  expect(await metadata(id, 'spot/instance-action')).toBeNull();
  expect(await metadata(id, 'spot/termination-time')).toBeNull();
  expect(await metadata(id, 'events/recommendations/rebalance')).toBeNull();
});

test('an interruption is announced with its time, as the machine counts', async () => {
  const id = await launch();
  await advance(3600);
  await notify(id, { kind: 'interruption' });
  const action = async () => JSON.parse((await metadata(id, 'spot/instance-action')) ?? '{}');
  const secondsLeft = async () => (Date.parse((await action()).time) - Date.now()) / 1000;
  expect(await action()).toEqual({
    action: 'terminate',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  const left = await secondsLeft();
  expect(left).toBeGreaterThan(90);
  expect(left).toBeLessThanOrEqual(120);
  expect(await metadata(id, 'spot/termination-time')).toBe((await action()).time);
  // The machine's own clock does not move with that of the cloud.
  await advance(60);
  const leftNow = await secondsLeft();
  expect(leftNow).toBeGreaterThan(30);
  expect(leftNow).toBeLessThanOrEqual(60);
});

test('at its deadline AWS takes the instance back, and says why', async () => {
  const id = await launch();
  await notify(id, { kind: 'interruption', inSeconds: 30 });
  await advance(25);
  expect(await describeInstance(id)).toMatchObject({ State: { Name: 'running' } });
  await advance(10);
  expect(await describeInstance(id)).toMatchObject({
    State: { Name: 'terminated' },
    StateReason: { Code: 'Server.SpotInstanceTermination' },
  });
});

test('an instance that ended before its deadline ended by itself', async () => {
  const id = await launch();
  await notify(id, { kind: 'interruption' });
  await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await advance(200);
  expect((await describeInstance(id))?.StateReason?.Code).toBe('Client.UserInitiatedShutdown');
});

test('a hook that waits does not hold it', async () => {
  const fleet = await makeFleet(aws, account, {
    LaunchTemplate: undefined,
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: account.templateId, Version: '$Latest' },
      },
      InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 0 },
    },
  });
  const [instance] = await fleet.fill(1);
  const id = instance?.InstanceId ?? '';
  await notify(id, { kind: 'interruption' });
  await fleet.desire(0);
  expect(await fleet.states()).toEqual(['Terminating:Wait']);
  await advance(120);
  expect((await describeInstance(id))?.StateReason?.Code).toBe('Server.SpotInstanceTermination');
  await advance(5);
  await until('left the group', fleet.states, (states) => states.length === 0);
});

test('a recommendation to rebalance has no deadline', async () => {
  const id = await launch();
  await notify(id, { kind: 'rebalance' });
  const text = (await metadata(id, 'events/recommendations/rebalance')) ?? '{}';
  expect(JSON.parse(text)).toEqual({ noticeTime: expect.stringMatching(/Z$/) });
  expect(await metadata(id, 'spot/instance-action')).toBeNull();
  await advance(3600);
  expect(await describeInstance(id)).toMatchObject({ State: { Name: 'running' } });
});

test.each([
  ['interruption', 'EC2 Spot Instance Interruption Warning', { 'instance-action': 'terminate' }],
  ['rebalance', 'EC2 Instance Rebalance Recommendation', {}],
])('a notice of %s is an event', async (kind, type, more) => {
  const listener = await functions.makeListener();
  const { RuleArn } = await callAws<{ RuleArn: string }>(aws, 'events', 'PutRule', {
    Name: kind,
    EventPattern: JSON.stringify({ source: ['aws.ec2'], 'detail-type': [type] }),
  });
  await listener.allow('events.amazonaws.com', RuleArn);
  await callAws(aws, 'events', 'PutTargets', { Rule: kind, Targets: [{ Id: 'it', Arn: listener.arn }] });
  const id = await launch();
  await notify(id, { kind });
  expect(await listener.hears(1)).toMatchObject([
    { source: 'aws.ec2', 'detail-type': type, detail: { 'instance-id': id, ...more } },
  ]);
});

test.each([
  ['an on-demand instance', () => launch({}), 'interruption'],
  ['a notice that AWS does not know', () => launch(), 'hibernation'],
])('%s is an error', async (_, make, kind) => {
  await expect(make().then((id) => notify(id, { kind }))).rejects.toThrow('400');
});

describe('status checks', () => {
  const look = async (id: string) => {
    const { InstanceStatuses } = await account.ec2.send(
      new DescribeInstanceStatusCommand({ InstanceIds: [id], IncludeAllInstances: true }),
    );
    const [one] = InstanceStatuses ?? [];
    return [one?.InstanceState?.Name, one?.InstanceStatus?.Status, one?.SystemStatus?.Status];
  };

  test('pass on an instance that runs, and do not apply to one that is gone', async () => {
    const id = await launch({});
    expect(await look(id)).toEqual(['running', 'ok', 'ok']);
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    expect(await look(id)).toEqual(['terminated', 'not-applicable', 'not-applicable']);
  });

  test('fail where a test says so', async () => {
    const id = await launch({});
    await aws.local('POST', `instances/${id}/checks`, { instance: 'impaired' });
    expect(await look(id)).toEqual(['running', 'impaired', 'ok']);
  });
});
