/**
 * The whole way out, from the group to the command on the instance, with the Lambda and the document as they are
 * deployed; each part of it failing in turn. The instances are records: what their drain does is told in test/provision.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateDocumentCommand, ListCommandInvocationsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { serialize } from '../../lambda/drain/settings';
import { toDocument } from '../../stacks/drain/to-document';
import { bundle } from '../lambda/scaler/bundled';
import { withFault } from '../scripts/with-fault';
import { buildConfig } from '../stacks/perfect-config';
import { type Account, deleteFleets, LAUNCHING, makeFleet, prepareAccount, TERMINATING } from './aws-fleet';
import { prepareFunctions, zip } from './aws-functions';
import { callAws, queryAws } from './call-aws';
import { type LocalAws, startLocalAws } from './start-local-aws';
import { until } from './until';

// The function is a process that is tried three times, and the machine may be busy.

const DOCUMENT = 'muster-dev-drain';
const LOG_GROUP = '/muster/dev/linux';
/** As test/local/aws-fleet.ts names them. */
const GROUPS = Array.from({ length: 20 }, (_, index) => `fleet-${index + 1}`);

let aws: LocalAws;
let account: Account;
let ssm: SSMClient;
let topic: string;
let drain: string;
let logs: CloudWatchLogsClient;
let notifier: string;
let linesOf: (name: string) => Promise<string[]>;

beforeAll(async () => {
  aws = await startLocalAws();
  account = await prepareAccount(aws);
  ssm = new SSMClient(aws.client);
  logs = new CloudWatchLogsClient(aws.client);
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  const role = new CreateRoleCommand({ RoleName: 'notifier', AssumeRolePolicyDocument: '{}' });
  notifier = (await new IAMClient(aws.client).send(role)).Role?.Arn ?? '';
  await ssm.send(
    new CreateDocumentCommand({
      Name: DOCUMENT,
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
      Content: toDocument(buildConfig()),
    }),
  );
  const functions = await prepareFunctions(aws);
  linesOf = functions.linesOf;
  const { name, arn } = await functions.make('', {
    Timeout: 120,
    Code: { ZipFile: packDrain() },
  });
  drain = name;
  topic = await queryAws(aws, 'sns', 'CreateTopic', { Name: 'terminating' }, 'TopicArn');
  await functions.allow(name, 'sns.amazonaws.com', topic);
  await queryAws(aws, 'sns', 'Subscribe', { TopicArn: topic, Protocol: 'lambda', Endpoint: arn });
  const { RuleArn } = await callAws<{ RuleArn: string }>(aws, 'events', 'PutRule', {
    Name: 'notices',
    EventPattern: JSON.stringify({ source: ['aws.ec2'] }),
  });
  await functions.allow(name, 'events.amazonaws.com', RuleArn);
  await callAws(aws, 'events', 'PutTargets', { Rule: 'notices', Targets: [{ Id: 'it', Arn: arn }] });
});
afterEach(async () => {
  await aws.local('PUT', 'options', { unreachableAgent: 'delayed', deadInstanceWaits: false });
  await deleteFleets(account);
});
afterAll(() => aws?.stop());

function packDrain(): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'muster-drain-path-'));
  try {
    const groups = Object.fromEntries(GROUPS.map((name) => [name, { fleet: 'linux', logGroup: LOG_GROUP }]));
    const hook = TERMINATING.LifecycleHookName ?? '';
    const settings = serialize({ environment: 'dev', document: DOCUMENT, hook, groups });
    return zip(readFileSync(bundle('drain', folder), 'utf8'), { 'settings.json': settings });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A fleet with one instance in service, which is about to go. */
async function makeLeaving(spot = false) {
  const hook = { ...TERMINATING, NotificationTargetARN: topic, RoleARN: notifier };
  const template = { LaunchTemplateId: account.templateId, Version: '$Latest' };
  const fleet = await makeFleet(aws, account, {
    LifecycleHookSpecificationList: [LAUNCHING, hook],
    ...(spot
      ? {
          LaunchTemplate: undefined,
          MixedInstancesPolicy: {
            LaunchTemplate: { LaunchTemplateSpecification: template },
            InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 0 },
          },
        }
      : {}),
  });
  const [{ InstanceId: id = '' } = {}] = await fleet.fill(1);
  // A drain takes its time.
  await aws.local('POST', 'scripts', { instanceId: id, seconds: 7200 });
  return {
    fleet,
    id,
    terminate: () =>
      account.autoScaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId: id,
          ShouldDecrementDesiredCapacity: true,
        }),
      ),
    commands: async () =>
      (await ssm.send(new ListCommandInvocationsCommand({ InstanceId: id }))).CommandInvocations ?? [],
    /** What the Lambda said of it, by the reason. */
    said: async () =>
      (await linesOf(drain).catch(() => [])).flatMap((line) =>
        line.includes(id) ? (/"reason":"([\w-]+)"/.exec(line)?.slice(1) ?? []) : [],
      ),
  };
}

const advance = (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds });
const now = async () => Date.parse((await aws.local<{ now: string }>('GET', 'clock')).now) / 1000;
const agentIsLost = async (id: string) => {
  await aws.local('PUT', 'options', { unreachableAgent: 'undeliverable' });
  await aws.local('POST', `instances/${id}/agent`, { state: 'lost' });
};
/** The clock moves on, some seconds at a time, until it holds: how many seconds that took. */
async function secondsUntil(what: string, holds: () => Promise<boolean>): Promise<number> {
  const start = await now();
  const look = async () => {
    const held = await holds();
    if (!held) await advance(5);
    return held;
  };
  await until(what, look);
  return (await now()) - start;
}

test('an instance that is to go gets the command to drain, and is waited for', async () => {
  const { fleet, terminate, commands, said } = await makeLeaving();
  await terminate();
  const [command] = await until('drains', commands, ([one]) => one?.Status === 'InProgress');
  expect(command).toMatchObject({ DocumentName: DOCUMENT });
  await until('said', said, (reasons) => reasons.includes('drain-started'));
  expect(await fleet.states()).toEqual(['Terminating:Wait']);
});

test.each(['interruption', 'rebalance'])('so does a spot instance with a notice of %s', async (kind) => {
  const { id, commands } = await makeLeaving(true);
  await aws.local('POST', `instances/${id}/spot-notice`, { kind });
  await until('drains', commands, ([one]) => one?.Status === 'InProgress');
});

test('a message that is lost leaves the instance to its own drain', async () => {
  const { fleet, terminate, commands } = await makeLeaving();
  const fault = { service: 'sns', operation: 'Publish', resource: fleet.name };
  await withFault(aws, fault, terminate);
  expect(await fleet.states()).toEqual(['Terminating:Wait']);
  expect(await commands()).toEqual([]);
});

test('one that nobody hears of any more and that fails its check is released after three tries', async () => {
  const { fleet, id, terminate, said } = await makeLeaving();
  await agentIsLost(id);
  await terminate();
  await aws.local('POST', `instances/${id}/checks`, { instance: 'impaired' });
  const seconds = await secondsUntil('released', async () => (await fleet.states()).length === 0);
  expect(seconds).toBeGreaterThan(150);
  expect(seconds).toBeLessThan(400);
  expect(await said()).toContain('unreachable');
});

test('one that writes its journal is not released, whoever hears of it', async () => {
  const { fleet, id, terminate, said } = await makeLeaving();
  await logs.send(new CreateLogStreamCommand({ logGroupName: LOG_GROUP, logStreamName: id }));
  await agentIsLost(id);
  await terminate();
  await secondsUntil('given up', async () => {
    const logEvents = [{ message: 'still draining', timestamp: Math.round((await now()) * 1000) }];
    await logs.send(new PutLogEventsCommand({ logGroupName: LOG_GROUP, logStreamName: id, logEvents }));
    return (await said()).includes('alive-without-ssm');
  });
  expect(await fleet.states()).toEqual(['Terminating:Wait']);
});

test('a release that AWS throttles is made at the next try', async () => {
  const { fleet, id, terminate, said } = await makeLeaving();
  await agentIsLost(id);
  const fault = { service: 'autoscaling', operation: 'CompleteLifecycleAction', code: 'Throttling' };
  await withFault(aws, fault, async () => {
    await aws.local('PUT', 'options', { deadInstanceWaits: true });
    await terminate();
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await secondsUntil('failed', async () => (await said()).includes('aws-failed'));
  });
  await secondsUntil('released', async () => (await fleet.states()).length === 0);
});

test('one that is busy is not released, whoever hears of it', async () => {
  const { fleet, id, terminate, said } = await makeLeaving();
  await account.autoScaling.send(
    new SetInstanceProtectionCommand({
      AutoScalingGroupName: fleet.name,
      InstanceIds: [id],
      ProtectedFromScaleIn: true,
    }),
  );
  await agentIsLost(id);
  await terminate();
  await secondsUntil('given up', async () => (await said()).includes('alive-without-ssm'));
  expect(await fleet.states()).toEqual(['Terminating:Wait']);
});

test('one that is gone is released at once, where its hook waits for it', async () => {
  await aws.local('PUT', 'options', { deadInstanceWaits: true });
  const { fleet, id, said } = await makeLeaving();
  await fleet.desire(1);
  await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await secondsUntil('released', async () => (await said()).includes('instance-gone'));
  const ids = (await fleet.instances()).map(({ InstanceId }) => InstanceId);
  expect(ids).not.toContain(id);
});
