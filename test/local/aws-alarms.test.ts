import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import type { CloudEvent } from './aws-fleet';
import { type LocalAws, startLocalAws } from './start-local-aws';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:people';

let aws: LocalAws;
let cloudWatch: CloudWatchClient;
beforeAll(async () => {
  aws = await startLocalAws();
  cloudWatch = new CloudWatchClient(aws.client);
});
afterAll(() => aws?.stop());

const advance = (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds });
/** To the first second of a minute: values that are put one after the other then fall into one period. */
async function beginMinute(): Promise<void> {
  const { now } = await aws.local<{ now: string }>('GET', 'clock');
  await advance(60 - ((Date.parse(now) / 1000) % 60) + 1);
}

let alarms = 0;
/** An alarm on a metric of its own: more than 5 in one of the last minutes. */
async function makeAlarm(change: Partial<PutMetricAlarmCommandInput> = {}) {
  const name = `alarm-${++alarms}`;
  const Dimensions = [{ Name: 'Fleet', Value: name }];
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      Namespace: 'Muster',
      MetricName: 'Waiting',
      Dimensions,
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [TOPIC],
      ...change,
    }),
  );
  await beginMinute();
  return {
    name,
    put: (...values: number[]) =>
      cloudWatch.send(
        new PutMetricDataCommand({
          Namespace: 'Muster',
          MetricData: values.map((Value) => ({ MetricName: 'Waiting', Value, Dimensions })),
        }),
      ),
    state: async () => {
      const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
      return MetricAlarms?.[0]?.StateValue;
    },
    events: async () => {
      const { events } = await aws.local<{ events: CloudEvent[] }>('GET', 'events?since=0');
      return events.flatMap(({ event, detail }) =>
        event === 'alarm' && detail.name === name ? [detail] : [],
      );
    },
  };
}

test('an alarm has no state before its metric has a value', async () => {
  const alarm = await makeAlarm();
  expect(await alarm.state()).toBe('INSUFFICIENT_DATA');
  await alarm.put(1);
  expect(await alarm.state()).toBe('OK');
});

test('it follows its metric, tells its topic, and keeps its history', async () => {
  const alarm = await makeAlarm({ OKActions: [TOPIC] });
  await alarm.put(1);
  await alarm.put(6);
  expect(await alarm.state()).toBe('ALARM');
  await advance(60);
  await alarm.put(1);
  expect(await alarm.events()).toMatchObject([
    { state: 'OK', actions: [TOPIC] },
    { state: 'ALARM', before: 'OK', actions: [TOPIC] },
    { state: 'OK', before: 'ALARM', actions: [TOPIC] },
  ]);
  const { AlarmHistoryItems = [] } = await cloudWatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: alarm.name }),
  );
  expect(AlarmHistoryItems.map((item) => item.HistorySummary).sort()).toEqual([
    'Alarm updated from ALARM to OK',
    'Alarm updated from INSUFFICIENT_DATA to OK',
    'Alarm updated from OK to ALARM',
  ]);
});

test.each([
  ['Sum', 6, 'ALARM'],
  ['Maximum', 3, 'OK'],
  ['Minimum', 3, 'OK'],
  ['Average', 3, 'OK'],
  ['SampleCount', 2, 'OK'],
] as const)('%s of 3 and 3 is %p', async (Statistic, value, state) => {
  const alarm = await makeAlarm({ Statistic });
  await alarm.put(3, 3);
  expect(await alarm.state()).toBe(state);
  expect((await alarm.events())[0]?.reason).toContain(`[${value}.0]`);
});

test.each([
  ['GreaterThanThreshold', 'OK'],
  ['GreaterThanOrEqualToThreshold', 'ALARM'],
  ['LessThanThreshold', 'OK'],
  ['LessThanOrEqualToThreshold', 'ALARM'],
] as const)('%s: the threshold itself is %s', async (ComparisonOperator, state) => {
  const alarm = await makeAlarm({ ComparisonOperator });
  await alarm.put(5);
  expect(await alarm.state()).toBe(state);
});

test('with 2 of 3 periods one bad period is no alarm', async () => {
  const alarm = await makeAlarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
  const states = [];
  for (const value of [1, 6, 1, 6]) {
    await alarm.put(value);
    states.push(await alarm.state());
    await advance(60);
  }
  expect(states).toEqual(['OK', 'OK', 'OK', 'ALARM']);
});

test.each([
  ['missing', 'INSUFFICIENT_DATA'],
  ['breaching', 'ALARM'],
  ['notBreaching', 'OK'],
  ['ignore', 'ALARM'],
] as const)('when values stop after an alarm, %s makes it %s', async (TreatMissingData, state) => {
  const alarm = await makeAlarm({ TreatMissingData });
  await alarm.put(6);
  expect(await alarm.state()).toBe('ALARM');
  await advance(600);
  expect(await alarm.state()).toBe(state);
});

test('silence for a day is an alarm when missing values are bad', async () => {
  const alarm = await makeAlarm({
    Statistic: 'Sum',
    Period: 3600,
    EvaluationPeriods: 24,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  });
  await alarm.put(1);
  await advance(20 * 3600);
  expect(await alarm.state()).toBe('OK');
  await advance(8 * 3600);
  expect(await alarm.state()).toBe('ALARM');
});

test('a changed alarm keeps its state', async () => {
  const alarm = await makeAlarm();
  await alarm.put(6);
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: alarm.name,
      Namespace: 'Muster',
      MetricName: 'Waiting',
      // The same metric: without it there is no data, and an evaluation in between says so.
      Dimensions: [{ Name: 'Fleet', Value: alarm.name }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  expect(await alarm.state()).toBe('ALARM');
});

test('a state that is set by hand is told too', async () => {
  const alarm = await makeAlarm();
  await cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName: alarm.name, StateValue: 'ALARM', StateReason: 'a drill' }),
  );
  // The next evaluation may have come meanwhile.
  const [first] = await alarm.events();
  expect(first).toMatchObject({ state: 'ALARM', reason: 'a drill', actions: [TOPIC] });
});
