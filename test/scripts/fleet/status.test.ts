import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { readStatus } from '../../../scripts/fleet/read-status';
import { showStatus } from '../../../scripts/fleet/show-status';
import { makeConfig } from '../config';
import { groupOf, INSTANCE } from './group-of';

const NOW = Date.parse('2026-11-21T05:00:00.000Z');
const aws = {
  autoScaling: mockClient(AutoScalingClient),
  ec2: mockClient(EC2Client),
  logs: mockClient(CloudWatchLogsClient),
};

const say = (fields: Record<string, unknown>, at = NOW - 10_000) => ({
  timestamp: at,
  message: JSON.stringify({ level: 'INFO', message: 'linux', service: 'scaler', ...fields }),
});

/** Perfect: one instance in service, and the scaler has just spoken. */
beforeEach(() => {
  for (const mock of Object.values(aws)) mock.reset();
  aws.ec2.on(DescribeInstancesCommand).resolves({});
  aws.autoScaling.on(DescribeScalingActivitiesCommand).resolves({});
  see('InService');
  hear(say({ fleet: 'linux', decision: 'grow', to: 2, reason: 'queue', queued: 1, running: 4 }));
});
const see = (...with_: Parameters<typeof groupOf>) =>
  aws.autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups: [groupOf(...with_)] });
const hear = (...events: { timestamp: number; message: string }[]) =>
  aws.logs.on(FilterLogEventsCommand).resolves({ events });

async function show(config = makeConfig()): Promise<{ row: Record<string, string>; text: string }> {
  const region = { region: 'eu-central-1' };
  const clients = {
    autoScaling: new AutoScalingClient(region),
    ec2: new EC2Client(region),
    logs: new CloudWatchLogsClient(region),
  };
  const lines = showStatus(await readStatus(clients, config, { names: ['linux'], now: NOW }), NOW);
  const [head = [], cells = []] = lines.slice(0, 2).map((line) => line.split(/ {2,}/));
  return {
    row: Object.fromEntries(head.map((title, nth) => [title, cells[nth] ?? ''])),
    text: lines.join('\n'),
  };
}

test('a fleet is shown with what it has, what its queue wants, and why', async () => {
  const { row, text } = await show();
  expect(row).toEqual({
    FLEET: 'linux',
    IS: 'open',
    DESIRED: '1',
    MAX: '3',
    'IN SERVICE': '1',
    STARTING: '0',
    DRAINING: '0',
    HELD: '0',
    QUEUED: '1',
    RUNNING: '4',
    SCALER: 'grow to 2, queue',
  });
  expect(text).toContain('queue: Jobs wait');
});

test('the last word of the scaler counts, whatever order the lines come in', async () => {
  hear(
    say({ fleet: 'linux', decision: 'hold', reason: 'enough', queued: 0, running: 1 }, NOW - 5_000),
    say({ fleet: 'linux', decision: 'grow', to: 1, reason: 'queue', queued: 1, running: 0 }, NOW - 20_000),
    say({ fleet: 'other', decision: 'hold', reason: 'idle' }, NOW),
    { timestamp: NOW, message: 'REPORT RequestId: 1 {not json' },
  );
  expect((await show()).row).toMatchObject({ QUEUED: '0', RUNNING: '1', SCALER: 'hold, enough' });
});

test.each([
  ['said nothing lately', () => hear()],
  [
    'has no log',
    () =>
      aws.logs
        .on(FilterLogEventsCommand)
        .rejects(Object.assign(new Error('no'), { name: 'ResourceNotFoundException' })),
  ],
])('a scaler that %s leaves its columns open', async (_, set) => {
  set();
  expect((await show()).row).toMatchObject({
    QUEUED: '?',
    RUNNING: '?',
    SCALER: expect.stringContaining('silent'),
  });
});

test('counts that the CI did not give are not zero', async () => {
  hear(say({ fleet: 'linux', decision: 'hold', reason: 'demand-unknown' }));
  expect((await show()).row).toMatchObject({ QUEUED: '?', RUNNING: '?' });
});

test('counts of a part of the queue are shown as at least that', async () => {
  hear(say({ fleet: 'linux', decision: 'hold', reason: 'enough', queuedAtLeast: 2, runningAtLeast: 1 }));
  expect((await show()).row).toMatchObject({ QUEUED: '2+', RUNNING: '1+' });
});

test('a problem is shown with what was seen, what it means and what to do', async () => {
  const troubles = [{ reason: 'demand-unknown', problem: 'token-refused', detail: 'GET /tasks: status 401' }];
  hear(say({ fleet: 'linux', decision: 'hold', reason: 'demand-unknown', troubles }));
  expect((await show()).text).toMatch(
    /token-refused: GET .*401[\s\S]*token-refused: The CI refused .*make secrets/,
  );
});

test('a paused fleet is paused, whatever its hours say, since when its tag says', async () => {
  see('InService', { Tags: [{ Key: 'muster:paused', Value: '2026-11-21T02:00:00.000Z' }] });
  const { row, text } = await show();
  expect(row.IS).toBe('paused');
  expect(text).toContain('paused since 2026-11-21T02:00Z (3 h)');
});

test('a fleet outside its hours is closed', async () => {
  const hours = { timeZone: 'UTC', week: { mon: [{ open: '06:30', close: '19:30' }] }, outside: 'closed' };
  const config = makeConfig((raw) => {
    raw.fleets[0].hours = hours;
  });
  expect((await show(config)).row.IS).toBe('closed');
});

test('an instance that drains is listed with since when', async () => {
  see('Terminating:Wait');
  aws.autoScaling.on(DescribeScalingActivitiesCommand).resolves({
    Activities: [
      {
        Description: `Terminating EC2 instance: ${INSTANCE}`,
        StartTime: new Date(NOW - 45 * 60_000),
      } as never,
    ],
  });
  const { row, text } = await show();
  expect(row).toMatchObject({ DRAINING: '1', 'IN SERVICE': '0' });
  expect(text).toMatch(new RegExp(`${INSTANCE} drains since .*45 min`));
});

test('an instance that drains for longer than AWS tells is listed all the same', async () => {
  see('Terminating:Wait');
  expect((await show()).text).toContain(`${INSTANCE} drains (AWS does not tell`);
});

test('a held instance is listed with since when', async () => {
  see('Standby');
  aws.ec2.on(DescribeInstancesCommand).resolves({
    Reservations: [
      {
        Instances: [{ InstanceId: INSTANCE, Tags: [{ Key: 'muster:held', Value: '2026-11-21T04:00:00Z' }] }],
      },
    ],
  });
  const { row, text } = await show();
  expect(row.HELD).toBe('1');
  expect(text).toMatch(new RegExp(`${INSTANCE} is held since .*60 min`));
});

test('a fleet that is not deployed is shown as that', async () => {
  aws.autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups: [] });
  expect((await show()).row.IS).toBe('not deployed');
});
