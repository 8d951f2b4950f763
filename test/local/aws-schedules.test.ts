/** What fires at a time of day, with the clock moved over it. */
import {
  DescribeScheduledActionsCommand,
  PutScheduledUpdateGroupActionCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import {
  type Account,
  type CloudEvent,
  deleteFleets,
  type Fleet,
  makeFleet,
  prepareAccount,
} from './aws-fleet';
import { callAws } from './call-aws';
import { type LocalAws, startLocalAws } from './start-local-aws';
import { until } from './until';

const ROLE = 'arn:aws:iam::123456789012:role/nightly';
const START_BUILD = 'arn:aws:scheduler:::aws-sdk:codebuild:startBuild';

let aws: LocalAws;
let account: Account;
let scheduler: SchedulerClient;
// Each test moves the clock for months: a cloud of its own is simpler than to find the next change of clocks.
beforeEach(async () => {
  aws = await startLocalAws();
  account = await prepareAccount(aws);
  scheduler = new SchedulerClient(aws.client);
});
afterEach(async () => {
  await deleteFleets(account);
  await aws?.stop();
});

const now = async () => Date.parse((await aws.local<{ now: string }>('GET', 'clock')).now);
/** Moves the clock to a time in UTC that lies ahead. */
async function moveTo(time: string): Promise<void> {
  const seconds = (Date.parse(time) - (await now())) / 1000;
  if (seconds < 0) throw new Error(`${time} is over.`);
  await aws.local('POST', 'clock', { advanceSeconds: seconds });
}
const eventsSince = async (since = 0) =>
  aws.local<{ next: number; events: (CloudEvent & { time: string })[] }>('GET', `events?since=${since}`);

describe('scheduled actions of groups', () => {
  const act = (fleet: Fleet, name: string, recurrence: string, DesiredCapacity: number) =>
    account.autoScaling.send(
      new PutScheduledUpdateGroupActionCommand({
        AutoScalingGroupName: fleet.name,
        ScheduledActionName: name,
        Recurrence: recurrence,
        TimeZone: 'Europe/Berlin',
        DesiredCapacity,
      }),
    );
  /** When the actions of a group fired, in UTC, to the minute. */
  const firings = async (fleet: Fleet, from: string) =>
    (await eventsSince()).events
      .filter(
        ({ event, group, time }) => event === 'scheduled-action' && group === fleet.name && time >= from,
      )
      .map(({ time, detail }) => `${time.slice(0, 16)} ${detail.action}`);
  const makeHours = async (open = '0 8 * * *', close = '0 18 * * *') => {
    const fleet = await makeFleet(aws, account, { LifecycleHookSpecificationList: [] });
    await act(fleet, 'open', open, 1);
    await act(fleet, 'close', close, 0);
    return fleet;
  };

  test('keep the hour of their zone when clocks go forward', async () => {
    await moveTo('2027-03-26T23:00:00Z');
    const fleet = await makeHours();
    await moveTo('2027-03-28T23:00:00Z');
    expect(await firings(fleet, '2027-03-26T23')).toEqual([
      '2027-03-27T07:00 open',
      '2027-03-27T17:00 close',
      '2027-03-28T06:00 open',
      '2027-03-28T16:00 close',
    ]);
  });

  test('keep the hour of their zone when clocks go back', async () => {
    await moveTo('2027-10-29T23:00:00Z');
    const fleet = await makeHours();
    await moveTo('2027-10-31T23:00:00Z');
    expect(await firings(fleet, '2027-10-29T23')).toEqual([
      '2027-10-30T06:00 open',
      '2027-10-30T16:00 close',
      '2027-10-31T07:00 open',
      '2027-10-31T17:00 close',
    ]);
  });

  test.each([
    [false, ['2027-03-28T01:00 close'], ['2027-10-31T00:30 open', '2027-10-31T02:00 close']],
    [
      true,
      ['2027-03-28T01:00 open', '2027-03-28T01:00 close'],
      ['2027-10-31T00:30 open', '2027-10-31T01:30 open', '2027-10-31T02:00 close'],
    ],
  ])(
    'what AWS leaves open: an hour that is skipped, or repeated, fires late and twice: %p',
    async (fires, spring, autumn) => {
      await aws.local('PUT', 'options', { skippedHourFires: fires });
      await moveTo('2027-03-27T23:00:00Z');
      const fleet = await makeHours('30 2 * * *', '0 3 * * *');
      await moveTo('2027-03-28T23:00:00Z');
      expect((await firings(fleet, '2027-03-27T23')).sort()).toEqual([...spring].sort());
      await deleteFleets(account);
      await moveTo('2027-10-30T23:00:00Z');
      const later = await makeHours('30 2 * * *', '0 3 * * *');
      await moveTo('2027-10-31T12:00:00Z');
      expect(await firings(later, '2027-10-30T23')).toEqual(autumn);
    },
  );

  test('a clock that is moved over closing and opening leaves the group as the last one says', async () => {
    const fleet = await makeHours();
    await moveTo('2027-01-11T12:00:00Z');
    expect((await fleet.group()).DesiredCapacity).toBe(1);
    await moveTo('2027-01-11T17:00:01Z');
    expect((await fleet.group()).DesiredCapacity).toBe(0);
    await moveTo('2027-01-14T07:00:01Z');
    expect((await fleet.group()).DesiredCapacity).toBe(1);
    const { ScheduledUpdateGroupActions = [] } = await account.autoScaling.send(
      new DescribeScheduledActionsCommand({ AutoScalingGroupName: fleet.name }),
    );
    expect(ScheduledUpdateGroupActions.map((action) => action.StartTime?.toISOString()).sort()).toEqual([
      '2027-01-14T17:00:00.000Z',
      '2027-01-15T07:00:00.000Z',
    ]);
  });
});

describe('schedules that start builds', () => {
  const put = (change: object = {}, Command: typeof CreateScheduleCommand = CreateScheduleCommand) =>
    scheduler.send(
      new Command({
        Name: 'nightly',
        ScheduleExpression: 'cron(0 3 * * ? *)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: START_BUILD, RoleArn: ROLE, Input: '{"ProjectName":"nightly"}' },
        ...change,
      }),
    );
  beforeEach(async () => {
    const iam = new IAMClient(aws.client);
    await iam.send(new CreateRoleCommand({ RoleName: 'nightly', AssumeRolePolicyDocument: '{}' }));
    await callAws(aws, 'codebuild', 'CreateProject', {
      name: 'nightly',
      serviceRole: ROLE,
      source: {
        type: 'NO_SOURCE',
        buildspec: '{"version":0.2,"phases":{"build":{"commands":["test $WORD = yes"]}}}',
      },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/standard:7.0',
        computeType: 'BUILD_GENERAL1_SMALL',
        environmentVariables: [{ name: 'WORD', value: 'no', type: 'PLAINTEXT' }],
      },
    });
  });
  const found = async (event: string, since = 0) =>
    (await eventsSince(since)).events.filter((entry) => entry.event === event);

  test('start one when the clock reaches the hour of their zone', async () => {
    await put();
    await moveTo('2027-01-10T12:00:00Z');
    await until(
      'built',
      () => found('build-ended'),
      (events) => events.length === 1,
    );
    const { next } = await eventsSince();
    await moveTo('2027-01-11T01:59:59Z');
    expect(await found('build-started', next)).toEqual([]);
    await moveTo('2027-01-11T02:00:01Z');
    expect(await found('build-started', next)).toMatchObject([
      { detail: { project: 'nightly', by: 'nightly' } },
    ]);
    await until(
      'built',
      () => found('build-ended', next),
      (events) => events.length === 1,
    );
  });

  test('start one only, however many hours the clock is moved over', async () => {
    await put();
    await moveTo('2027-02-10T12:00:00Z');
    expect(await found('build-started')).toHaveLength(1);
  });

  test('give it the variables of their input', async () => {
    const Input = JSON.stringify({
      ProjectName: 'nightly',
      EnvironmentVariablesOverride: [{ Name: 'WORD', Value: 'yes', Type: 'PLAINTEXT' }],
    });
    await put({ Target: { Arn: START_BUILD, RoleArn: ROLE, Input } });
    await moveTo('2027-01-10T12:00:00Z');
    expect(
      await until(
        'built',
        () => found('build-ended'),
        (events) => events.length === 1,
      ),
    ).toMatchObject([{ detail: { status: 'SUCCEEDED' } }]);
  });

  test.each([
    ['{"projectName":"nightly"}', 'has no ProjectName'],
    ['{"ProjectName":"other"}', 'cannot be found'],
  ])('say why they could not with the input %p', async (Input, reason) => {
    await put({ Target: { Arn: START_BUILD, RoleArn: ROLE, Input } });
    await moveTo('2027-01-10T12:00:00Z');
    expect(await found('schedule-failed')).toMatchObject([
      { detail: { reason: expect.stringContaining(reason) } },
    ]);
    expect(await found('build-started')).toEqual([]);
  });

  test('do nothing when they are disabled', async () => {
    await put();
    await put({ State: 'DISABLED' }, UpdateScheduleCommand as never);
    await moveTo('2027-01-10T12:00:00Z');
    expect(await found('build-started')).toEqual([]);
  });

  test('skip a time that the clock skips, and start once at one that it shows twice', async () => {
    await put({ ScheduleExpression: 'cron(30 2 * * ? *)' });
    await moveTo('2027-03-27T23:00:00Z');
    const { next } = await eventsSince();
    await moveTo('2027-03-28T12:00:00Z');
    expect(await found('build-started', next)).toEqual([]);
    await moveTo('2027-10-30T23:00:00Z');
    const { next: autumn } = await eventsSince();
    for (const time of ['00:31', '01:31', '02:31']) await moveTo(`2027-10-31T${time}:00Z`);
    expect(await found('build-started', autumn)).toHaveLength(1);
  });
});
