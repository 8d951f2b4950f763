/** Against a CI that answers over HTTP; Auto Scaling is a stand-in for its client. */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
  type Instance,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import type { ListedFleet } from '../../../lambda/housekeeper/settings';
import { endStuck } from '../../../lambda/housekeeper/stuck/end-stuck';
import { type Served, serve } from '../scaler/serve';
import { circleciFleetOf, fleetSettingsOf } from './perfect';
import { toSystemId } from './to-system-id';

const NOW = Date.parse('2026-11-21T05:00:00Z');
const MINUTE = 60_000;
const TOKEN = 'api-canary-53';
const STUCK = 'i-0000000000000000a';
const WELL = 'i-0000000000000000b';

let ci: Served;
let asked: { url: string; headers: Record<string, unknown> }[];
let status: number;
let body: unknown;
/** The tag, as AWS keeps it. */
let tag: string | undefined;
/** Whether the instances are protected from scale-in: busy. */
let busy: boolean;
/** What becomes of the instance while the CI is asked. */
let meanwhile: Partial<Instance>;
const aws = mockClient(AutoScalingClient);

beforeEach(async () => {
  asked = [];
  status = 200;
  body = { items: [rowOf(WELL)] };
  tag = undefined;
  busy = false;
  meanwhile = {};
  aws.reset();
  aws.on(DescribeAutoScalingGroupsCommand).callsFake(() => ({ AutoScalingGroups: [later()] }));
  aws.on(CreateOrUpdateTagsCommand).callsFake(({ Tags }) => {
    tag = Tags[0].Value;
    return {};
  });
  aws.on(TerminateInstanceInAutoScalingGroupCommand).resolves({});
  ci = await serve((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers });
    // The CI's clock stands still: an agent that is listed was heard of a moment ago.
    const headers = { date: new Date(NOW).toUTCString() };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
});
afterEach(() => ci.close());

const rowOf = (name: string) => ({
  name,
  hostname: 'ip-10-0-0-1',
  last_connected: new Date(NOW).toISOString(),
});
const group = (): AutoScalingGroup => ({
  AutoScalingGroupName: 'muster-dev-linux',
  MinSize: 0,
  MaxSize: 3,
  DesiredCapacity: 2,
  DefaultCooldown: 0,
  AvailabilityZones: [],
  HealthCheckType: 'EC2',
  CreatedTime: new Date(0),
  Instances: [STUCK, WELL].map((InstanceId) => ({
    InstanceId,
    LifecycleState: 'InService',
    AvailabilityZone: 'a',
    HealthStatus: 'Healthy',
    ProtectedFromScaleIn: busy,
  })),
  Tags: tag === undefined ? [] : [{ Key: 'muster:stuck', Value: tag }],
});
const later = (): AutoScalingGroup => {
  const seen = group();
  const Instances = seen.Instances?.map((instance) =>
    instance.InstanceId === STUCK ? { ...instance, ...meanwhile } : instance,
  );
  return { ...seen, Instances };
};
const look = (minutes: number, fleet: ListedFleet = circleciFleetOf({ baseUrl: ci.url })) =>
  endStuck(
    {
      fetch,
      readToken: async () => TOKEN,
      autoScaling: new AutoScalingClient({ region: 'eu-central-1' }),
      now: () => NOW + minutes * MINUTE,
    },
    fleet,
    group(),
  );
const ended = () =>
  aws.commandCalls(TerminateInstanceInAutoScalingGroupCommand).map(({ args }) => args[0].input);

test('one that CircleCI does not know is ended after the limit, to be replaced', async () => {
  await look(0);
  expect(ended()).toEqual([]);
  expect((await look(15)).done).toEqual([STUCK]);
  expect(ended()).toEqual([{ InstanceId: STUCK, ShouldDecrementDesiredCapacity: false }]);
  expect(asked[0]).toMatchObject({
    url: '/api/v3/runner?resource-class=acme%2Flinux',
    headers: { 'circle-token': TOKEN },
  });
});

test('one that GitLab does not know is ended after the limit', async () => {
  body = [{ system_id: toSystemId(WELL), created_at: new Date(NOW).toISOString() }];
  const fleet = fleetSettingsOf({ baseUrl: ci.url });
  await look(0, fleet);
  expect((await look(15, fleet)).done).toEqual([STUCK]);
  expect(asked[0]?.url).toMatch(/^\/api\/v4\/runners\/7\/managers/);
});

test('what was decided is kept before anybody is ended; where it cannot be, nobody is', async () => {
  await look(0);
  aws.on(CreateOrUpdateTagsCommand).rejects(new Error('throttled'));
  expect((await look(15)).failures).toEqual([expect.stringContaining('throttled')]);
  expect(ended()).toEqual([]);
});

test('a fleet whose runners are all known writes nothing', async () => {
  body = { items: [rowOf(WELL), rowOf(STUCK)] };
  expect(await look(0)).toMatchObject({ verdict: 'judged', unknown: [], failures: [] });
  expect(aws.calls()).toEqual([]);
});

test('an agent of which CircleCI has not heard for long is not known any more', async () => {
  const silent = { ...rowOf(STUCK), last_connected: new Date(NOW - 10 * MINUTE).toISOString() };
  body = { items: [rowOf(WELL), silent] };
  expect((await look(0)).unknown).toEqual([STUCK]);
});

test.each<[string, Partial<Instance>]>([
  ['is held', { LifecycleState: 'Standby' }],
  ['gets a job', { ProtectedFromScaleIn: true }],
])('one that %s while the CI is asked is not ended, and nothing is counted', async (_, changed) => {
  await look(0);
  meanwhile = changed;
  expect(await look(15)).toMatchObject({ verdict: 'judged', unknown: [], done: [], failures: [] });
  expect(ended()).toEqual([]);
  meanwhile = {};
  await look(20);
  expect((await look(35)).done).toEqual([STUCK]);
});

test('while all are busy the CI is not asked, and who was unknown starts anew', async () => {
  await look(0);
  busy = true;
  status = 503;
  expect(await look(5)).toMatchObject({ verdict: 'judged', failures: [] });
  expect(asked).toHaveLength(1);
  busy = false;
  status = 200;
  expect((await look(15)).done).toEqual([]);
});

test.each([
  ['an outage', 503, {}],
  ['a token that is refused', 401, {}],
  ['a class that is not there', 404, {}],
  ['an answer of another form', 200, { runners: [] }],
  ['a row without a name', 200, { items: [{ hostname: 'x' }] }],
  ['a date that is none', 200, { items: [{ name: WELL, last_connected: 'yesterday' }] }],
])('%s ends nobody, and is told', async (_, nextStatus, nextBody) => {
  await look(0);
  status = nextStatus;
  body = nextBody;
  const { verdict, failures } = await look(15);
  expect({ verdict, failures }).toEqual({
    verdict: 'unreadable',
    failures: [expect.stringMatching(/^runners: /)],
  });
  expect(ended()).toEqual([]);
});

test('a group that is missing is told', async () => {
  const { failures } = await endStuck(
    {
      fetch,
      readToken: async () => TOKEN,
      autoScaling: new AutoScalingClient({ region: 'eu-central-1' }),
      now: () => NOW,
    },
    circleciFleetOf(),
    undefined,
  );
  expect(failures).toEqual([expect.stringContaining('muster-dev-linux')]);
});

test('an instance that AWS does not end is told, and no token is in what is told', async () => {
  await look(0);
  aws.on(TerminateInstanceInAutoScalingGroupCommand).rejects(new Error('not now'));
  const told = await look(15);
  expect(told).toMatchObject({ done: [], failures: [expect.stringContaining(STUCK)] });
  expect(JSON.stringify(told)).not.toContain(TOKEN);
});
