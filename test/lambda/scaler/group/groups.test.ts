import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { createGroups } from '../../../../lambda/scaler/group/groups';
import { steadyClock } from '../../../clock/steady-clock';
import { type Answer, activityXml, groupsXml, groupXml, namesOf, type Params, serveAws } from '../aws-server';
import type { Served } from '../serve';

let server: Served & { calls: Params[] };
let answer: (params: Params) => Answer;
let client: AutoScalingClient;

beforeEach(async () => {
  answer = (params) => ({ xml: groupsXml(namesOf(params).map((name) => groupXml(name))) });
  server = await serveAws((params) => answer(params));
  client = new AutoScalingClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 3,
  });
});
afterEach(async () => {
  client.destroy();
  await server.close();
});
const create = () => createGroups(client, steadyClock);
const names = (count: number) => Array.from({ length: count }, (_, i) => `muster-dev-f${i}`);

describe('reading', () => {
  test('a group is its capacity and its tag', async () => {
    const states = [
      'Pending',
      'Pending:Wait',
      'InService',
      'InService',
      'Standby',
      'Terminating:Wait',
      'Warmed:Stopped',
    ];
    answer = () => ({ xml: groupsXml([groupXml('a', { states, tag: 'v1 l=1.2.3' })]) });
    await expect(create().read('a')).resolves.toEqual({
      kind: 'known',
      tags: { 'muster:scaler': 'v1 l=1.2.3', 'muster:fleet': 'linux' },
      readAt: expect.any(Number),
      capacity: {
        kind: 'known',
        desired: 4,
        min: 0,
        max: 9,
        pending: ['i-0', 'i-1'],
        inService: ['i-2', 'i-3'],
        held: ['i-4'],
        other: 0,
        draining: [],
        suspended: ['AZRebalance'],
      },
    });
  });

  test.each([
    ['EnteringStandby', { held: ['i-0'] }],
    ['Terminating', { draining: ['i-0'] }],
    ['Terminating:Wait', { draining: ['i-0'] }],
    ['Terminating:Proceed', {}],
    ['Terminated', {}],
    ['Detaching', { other: 1 }],
    ['Detached', {}],
    ['Warmed:Terminating:Wait', {}],
    ['InService', { inService: ['i-0'] }],
    ['Pending:Proceed', { pending: ['i-0'] }],
  ])('of an instance that is protected and %s', async (state, expected) => {
    answer = () => ({ xml: groupsXml([groupXml('a', { states: [state], isProtected: true })]) });
    const none = { inService: [], pending: [], held: [], other: 0, draining: [] };
    await expect(create().read('a')).resolves.toMatchObject({ capacity: { ...none, ...expected } });
  });

  test('a group that buys in a mixture says how, without what AWS would not take back', async () => {
    answer = () => ({ xml: groupsXml([groupXml('a', { onDemand: 20 })]) });
    const group = await create().read('a');
    expect(group).toMatchObject({ capacity: { onDemandPercent: 20 } });
    expect(group.kind === 'known' && group.distribution).toEqual({
      OnDemandBaseCapacity: 0,
      OnDemandPercentageAboveBaseCapacity: 20,
      SpotAllocationStrategy: 'price-capacity-optimized',
    });
  });

  test('250 groups that are asked for together take three requests', async () => {
    const { read } = create();
    const groups = await Promise.all(names(250).map(read));
    expect(groups.every(({ kind }) => kind === 'known')).toBe(true);
    expect(server.calls.map((call) => namesOf(call).length)).toEqual([100, 100, 50]);
  });

  test('an answer in pages is read to its end', async () => {
    answer = (params) =>
      params.NextToken ? { xml: groupsXml([groupXml('b')]) } : { xml: groupsXml([groupXml('a')], 'page-2') };
    const { read } = create();
    await expect(Promise.all([read('a'), read('b')])).resolves.toMatchObject([
      { kind: 'known' },
      { kind: 'known' },
    ]);
  });

  test('later reads are new requests', async () => {
    const { read } = create();
    await read('a');
    await read('a');
    expect(server.calls).toHaveLength(2);
  });

  test('a group that is not there concerns nobody else', async () => {
    answer = () => ({ xml: groupsXml([groupXml('a')]) });
    const { read } = create();
    await expect(Promise.all([read('a'), read('gone')])).resolves.toMatchObject([
      { kind: 'known' },
      { kind: 'unknown', problem: 'group-missing' },
    ]);
  });

  test('a group that is being deleted is no group any more', async () => {
    answer = () => ({ xml: groupsXml([groupXml('a', { status: 'Delete in progress' })]) });
    await expect(create().read('a')).resolves.toMatchObject({ kind: 'unknown', problem: 'group-missing' });
  });

  test('a throttled request is tried again', async () => {
    answer = (params) =>
      server.calls.length === 1
        ? { status: 400, code: 'Throttling' }
        : { xml: groupsXml(namesOf(params).map((name) => groupXml(name))) };
    await expect(create().read('a')).resolves.toMatchObject({ kind: 'known' });
  });

  test.each<[what: string, given: Answer, problem: string]>([
    ['throttling that stays', { status: 400, code: 'Throttling' }, 'throttled'],
    ['a refusal', { status: 403, code: 'AccessDenied' }, 'aws-refused'],
    ['a failure of AWS', { status: 500, code: 'InternalFailure' }, 'aws-error'],
    ['silence', 'hang', 'timeout'],
  ])('%s is unknown', async (_what, given, problem) => {
    answer = () => given;
    await expect(create().read('a')).resolves.toMatchObject({ kind: 'unknown', problem });
  });

  test('AWS is waited for no longer than three seconds, retries and all', async () => {
    answer = () => 'hang';
    let asked = 0;
    const sleep: typeof steadyClock.sleep = async (milliseconds) => {
      asked += milliseconds;
    };
    await createGroups(client, { ...steadyClock, sleep }).read('a');
    expect(asked).toBeLessThanOrEqual(3_000);
  });

  test('an AWS that cannot be reached is a network problem', async () => {
    await server.close();
    await expect(create().read('a')).resolves.toMatchObject({ kind: 'unknown', problem: 'network' });
  });

  test('a batch that hangs does not hold up the next one', async () => {
    answer = (params) =>
      namesOf(params).includes('muster-dev-f0')
        ? 'hang'
        : { xml: groupsXml(namesOf(params).map((name) => groupXml(name))) };
    const { read } = create();
    const groups = await Promise.all(names(150).map(read));
    expect(groups.map(({ kind }) => kind)).toEqual([
      ...Array(100).fill('unknown'),
      ...Array(50).fill('known'),
    ]);
  });
});

describe('launches', () => {
  test('launches that ended are told, newest first', async () => {
    answer = () => ({
      xml: `<Activities>${[
        activityXml(1, 'Successful'),
        activityXml(3, 'Cancelled'),
        activityXml(2, 'Failed'),
        activityXml(4, 'InProgress'),
        activityXml(5, 'Successful', 'Terminating EC2 instance: i-1'),
      ].join('')}</Activities>`,
    });
    await expect(create().readLaunches('a')).resolves.toEqual([
      { endedAt: Date.parse('2026-11-18T12:03:30Z'), result: 'failed', message: 'because' },
      { endedAt: Date.parse('2026-11-18T12:02:30Z'), result: 'failed', message: 'because' },
      { endedAt: Date.parse('2026-11-18T12:01:30Z'), result: 'succeeded', message: 'because' },
    ]);
  });
  test('what fails is unknown', async () => {
    answer = () => ({ status: 403, code: 'AccessDenied' });
    await expect(create().readLaunches('a')).resolves.toMatchObject({
      kind: 'unknown',
      problem: 'aws-refused',
    });
  });
});

describe('changing', () => {
  test('desired is set without waiting for a cooldown', async () => {
    answer = () => ({ xml: '' });
    await expect(create().setDesired('a', 7, Infinity)).resolves.toBeUndefined();
    expect(server.calls[0]).toMatchObject({
      Action: 'SetDesiredCapacity',
      AutoScalingGroupName: 'a',
      DesiredCapacity: '7',
      HonorCooldown: 'false',
    });
  });
  test('desired that was read too long ago is not written over', async () => {
    await expect(create().setDesired('a', 7, Date.now() - 1)).resolves.toMatchObject({ problem: 'timeout' });
    expect(server.calls).toEqual([]);
  });
  test('of many changes at once each has time of its own', async () => {
    answer = () => ({ xml: '' });
    const { setDesired } = create();
    const answers = await Promise.all(names(75).map((name) => setDesired(name, 1, Infinity)));
    expect(new Set(answers)).toEqual(new Set([undefined]));
    expect(server.calls).toHaveLength(75);
  });
  test('what is bought is changed, and nothing else of the group', async () => {
    answer = () => ({ xml: '' });
    const distribution = { OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: 100 };
    await expect(create().setDistribution('a', distribution)).resolves.toBeUndefined();
    const { Action, Version, ...rest } = server.calls[0] ?? {};
    expect(Action).toBe('UpdateAutoScalingGroup');
    expect(rest).toEqual({
      AutoScalingGroupName: 'a',
      'MixedInstancesPolicy.InstancesDistribution.OnDemandBaseCapacity': '0',
      'MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity': '100',
    });
  });
  test('the memory is a tag of the group alone', async () => {
    answer = () => ({ xml: '' });
    await expect(create().writeTags('a', { 'muster:scaler': 'v1' })).resolves.toBeUndefined();
    expect(server.calls[0]).toMatchObject({
      Action: 'CreateOrUpdateTags',
      'Tags.member.1.ResourceId': 'a',
      'Tags.member.1.ResourceType': 'auto-scaling-group',
      'Tags.member.1.Key': 'muster:scaler',
      'Tags.member.1.Value': 'v1',
      'Tags.member.1.PropagateAtLaunch': 'false',
    });
  });
  test('a change that AWS refuses is an answer', async () => {
    answer = () => ({ status: 400, code: 'ScalingActivityInProgress' });
    await expect(create().setDesired('a', 7, Infinity)).resolves.toMatchObject({ problem: 'aws-refused' });
  });
});
