/** The package as it is deployed: bundled, run by node on its own, against an AWS of this machine. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from '../../../lambda/drain/settings';
import { type Answer, type Params, serveAws } from '../scaler/aws-server';
import { bundle, call } from '../scaler/bundled';
import type { Served } from '../scaler/serve';
import { bodyOf, eventOf, GROUP, INSTANCE, settingsOf, TEST_NOTIFICATION } from './perfect';

let directory: string;
let aws: Served & { calls: Params[] };
let status: string;
let check: string;
let answers: Record<string, Answer>;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-drain-'));
  bundle('drain', directory);
  writeFileSync(join(directory, 'settings.json'), serialize(settingsOf()));
});
afterAll(() => rmSync(directory, { recursive: true }));

const member = (state: string) =>
  `<AutoScalingInstances><member><InstanceId>${INSTANCE}</InstanceId><AutoScalingGroupName>${GROUP}</AutoScalingGroupName>
    <LifecycleState>${state}</LifecycleState><ProtectedFromScaleIn>false</ProtectedFromScaleIn></member></AutoScalingInstances>`;

beforeEach(async () => {
  status = 'running';
  check = 'ok';
  answers = {
    DescribeAutoScalingInstances: { xml: member('Terminating:Wait') },
    CompleteLifecycleAction: { xml: '' },
    SendCommand: { json: { Command: { CommandId: 'c-1' } } },
    GetCommandInvocation: { json: { Status: 'InProgress' } },
    GetLogEvents: { json: { events: [], nextForwardToken: 'f/1' } },
  };
  aws = await serveAws(({ Action = '' }) => {
    const name = Action.split('.').at(-1) ?? '';
    if (name === 'DescribeInstanceStatus')
      return {
        raw: `<DescribeInstanceStatusResponse><instanceStatusSet><item><instanceId>${INSTANCE}</instanceId>
          <instanceState><code>16</code><name>${status}</name></instanceState>
          <instanceStatus><status>${check}</status></instanceStatus></item></instanceStatusSet></DescribeInstanceStatusResponse>`,
      };
    return answers[name] ?? { status: 400, code: 'UnknownOperation' };
  });
});
afterEach(() => aws.close());

const changes = () =>
  aws.calls
    .map(({ Action = '' }) => Action.split('.').at(-1))
    .filter((name) => name === 'SendCommand' || name === 'CompleteLifecycleAction');
const waiting = (agoSeconds = 0) =>
  eventOf(bodyOf({ Time: new Date(Date.now() - agoSeconds * 1000).toISOString() }));
const parsed = (output: string): Record<string, unknown>[] =>
  output.split('\n').flatMap((line) => (line.startsWith('{"') ? JSON.parse(line) : []));

test('it has the document run on the instance, says so and counts it', async () => {
  const { error, output } = await call(directory, waiting(), aws.url);
  expect(error).toBeNull();
  expect(aws.calls.find(({ Action }) => Action?.endsWith('SendCommand'))).toMatchObject({
    DocumentName: 'muster-dev-drain',
    InstanceIds: [INSTANCE],
  });
  expect(parsed(output)).toContainEqual(
    expect.objectContaining({
      level: 'INFO',
      message: `${INSTANCE}: drain-started`,
      reason: 'drain-started',
      environment: 'dev',
    }),
  );
  expect(parsed(output).find((line) => '_aws' in line)).toMatchObject({
    _aws: { CloudWatchMetrics: [{ Namespace: 'Muster', Dimensions: [['Environment']] }] },
    Environment: 'dev',
    DrainsStarted: 1,
  });
});

test('it completes the hook of a machine that is gone', async () => {
  status = 'terminated';
  const { error } = await call(directory, waiting(), aws.url);
  expect(error).toBeNull();
  expect(changes()).toEqual(['CompleteLifecycleAction']);
});

test('it fails for AWS to try again when Systems Manager does not know the instance, and releases it at the last try when EC2 does not either', async () => {
  answers.SendCommand = { json: { __type: 'InvalidInstanceId' }, status: 400 };
  const first = await call(directory, waiting(), aws.url);
  expect(first.error).not.toBeNull();
  expect(changes()).toEqual(['SendCommand']);
  check = 'impaired';
  const last = await call(directory, waiting(200), aws.url);
  expect(last.error).toBeNull();
  expect(last.output).toContain('unreachable');
  expect(changes()).toEqual(['SendCommand', 'SendCommand', 'CompleteLifecycleAction']);
});

test('it tries a throttled completion again, and fails when that stays', async () => {
  status = 'terminated';
  answers.CompleteLifecycleAction = { status: 400, code: 'Throttling' };
  const { error, output } = await call(directory, waiting(), aws.url);
  expect(error).not.toBeNull();
  expect(output).toContain('Throttling');
  expect(changes()).toEqual(Array(4).fill('CompleteLifecycleAction'));
});

test('it asks AWS nothing for a test notification', async () => {
  const { error } = await call(directory, eventOf(TEST_NOTIFICATION), aws.url);
  expect(error).toBeNull();
  expect(aws.calls).toEqual([]);
});

test('it is smaller than 500 KB when zipped, as all packages are', () => {
  // Minified: about a third of this when zipped.
  expect(statSync(join(directory, 'index.js')).size).toBeLessThan(1_500_000);
});
