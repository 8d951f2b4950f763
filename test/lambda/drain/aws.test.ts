/** What the answers of AWS mean, and that none is waited for without an end. */
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeInstanceStatusCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCommandInvocationCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createCompleteHook } from '../../../lambda/drain/aws/complete-hook';
import { createReadMachine, createReadMember } from '../../../lambda/drain/aws/read-instance';
import { createReadLife } from '../../../lambda/drain/aws/read-life';
import { createSendDrain } from '../../../lambda/drain/aws/send-drain';
import { type VirtualTime, virtualTime } from '../scaler/virtual-time';
import { GROUP, INSTANCE, memberOf, NOW } from './perfect';

const region = { region: 'eu-central-1' };
const autoScaling = mockClient(AutoScalingClient);
const ec2 = mockClient(EC2Client);
const ssm = mockClient(SSMClient);
const logs = mockClient(CloudWatchLogsClient);
let time: VirtualTime;
beforeEach(() => {
  for (const each of [autoScaling, ec2, ssm, logs]) each.reset();
  time = virtualTime(NOW);
});

const refusal = (name: string, message = 'AWS said so') => Object.assign(new Error(message), { name });
const never = () => new Promise<never>(() => {});
const elapsed = () => (time.now() - NOW) / 1000;

describe('an instance as Auto Scaling knows it', () => {
  const read = () => time.run(createReadMember(new AutoScalingClient(region), time)(INSTANCE));
  const answer = (AutoScalingInstances: object[]) =>
    autoScaling.on(DescribeAutoScalingInstancesCommand).resolves({ AutoScalingInstances } as never);

  test('is in its group, in a state, protected or not', async () => {
    const [InstanceId, AutoScalingGroupName] = [INSTANCE, GROUP];
    answer([
      { InstanceId, AutoScalingGroupName, LifecycleState: 'Terminating:Wait', ProtectedFromScaleIn: true },
    ]);
    expect(await read()).toEqual(memberOf({ isProtected: true }));
  });

  test.each([[[]], [[{ InstanceId: 'i-another' }]]])('is in no group: %j', async (instances) => {
    answer(instances);
    expect(await read()).toBeUndefined();
  });

  test('is not waited for without an end', async () => {
    autoScaling.on(DescribeAutoScalingInstancesCommand).callsFake(never);
    await expect(read()).rejects.toThrow(/no answer within 12 s/);
  });
});

describe('the machine', () => {
  const read = () => time.run(createReadMachine(new EC2Client(region), time)(INSTANCE));

  test.each([
    ['running', 'running'],
    ['pending', 'running'],
    ['shutting-down', 'gone'],
    ['terminated', 'gone'],
    ['stopping', 'gone'],
    ['stopped', 'gone'],
    ['somewhere-else', 'running'],
  ] as const)('that is %s: %s', async (Name, expected) => {
    ec2
      .on(DescribeInstanceStatusCommand, { InstanceIds: [INSTANCE], IncludeAllInstances: true })
      .resolves({ InstanceStatuses: [{ InstanceId: INSTANCE, InstanceState: { Name: Name as 'running' } }] });
    expect(await read()).toBe(expected);
  });

  test.each([
    ['running', 'impaired', 'impaired'],
    ['running', 'ok', 'running'],
    // While it boots, when its first job may begin already.
    ['running', 'initializing', 'running'],
    ['running', 'insufficient-data', 'running'],
    ['terminated', 'impaired', 'gone'],
  ] as const)('that is %s and whose check says %s: %s', async (Name, Status, expected) => {
    ec2.on(DescribeInstanceStatusCommand).resolves({
      InstanceStatuses: [{ InstanceId: INSTANCE, InstanceState: { Name }, InstanceStatus: { Status } }],
    });
    expect(await read()).toBe(expected);
  });

  test('that EC2 has forgotten is gone', async () => {
    ec2.on(DescribeInstanceStatusCommand).rejects(refusal('InvalidInstanceID.NotFound'));
    expect(await read()).toBe('gone');
  });

  test('of which EC2 says nothing may run', async () => {
    ec2.on(DescribeInstanceStatusCommand).resolves({});
    expect(await read()).toBe('running');
  });

  test('of which EC2 refuses to speak is an error', async () => {
    ec2.on(DescribeInstanceStatusCommand).rejects(refusal('RequestLimitExceeded'));
    await expect(read()).rejects.toThrow();
  });
});

describe('a drain that is sent', () => {
  const send = () => time.run(createSendDrain(new SSMClient(region), 'muster-dev-drain', time)(INSTANCE));
  const invocations = (...statuses: object[]) => {
    const answers = ssm.on(GetCommandInvocationCommand, { CommandId: 'c-1', InstanceId: INSTANCE });
    for (const status of statuses) answers.resolvesOnce(status as never);
    answers.resolves((statuses.at(-1) ?? {}) as never);
    return answers;
  };
  beforeEach(() => {
    ssm
      .on(SendCommandCommand, { DocumentName: 'muster-dev-drain', InstanceIds: [INSTANCE] })
      .resolves({ Command: { CommandId: 'c-1' } });
  });

  test.each(['InProgress', 'Success'])('has begun when it is %s', async (Status) => {
    invocations({ Status: 'Pending' }, { Status: 'Delayed' }, { Status });
    expect(await send()).toEqual({ kind: 'started' });
  });

  test('has begun though it could not be seen at first', async () => {
    ssm
      .on(GetCommandInvocationCommand)
      .rejectsOnce(refusal('InvocationDoesNotExist'))
      .rejectsOnce(refusal('ThrottlingException'))
      .resolves({ Status: 'InProgress' });
    expect(await send()).toEqual({ kind: 'started' });
  });

  test.each(['Pending', 'Delayed', 'Confused'])('is unanswered when it stays %s', async (Status) => {
    invocations({ Status, CommandId: 'c-1' });
    expect(await send()).toEqual({ kind: 'unanswered', detail: expect.stringContaining(Status) });
    expect(elapsed()).toBe(20);
  });

  test.each([
    ['InvalidInstanceId', 'not connected'],
    ['AccessDeniedException', 'not you'],
    ['ThrottlingException', 'slower'],
  ])('is unanswered when it is refused: %s', async (name, message) => {
    ssm.on(SendCommandCommand).rejects(refusal(name, message));
    expect(await send()).toEqual({ kind: 'unanswered', detail: expect.stringContaining(message) });
  });

  test('is unanswered when Systems Manager is', async () => {
    ssm.on(SendCommandCommand).callsFake(never);
    expect(await send()).toMatchObject({ kind: 'unanswered' });
    ssm.on(SendCommandCommand).resolves({ Command: { CommandId: 'c-1' } });
    ssm.on(GetCommandInvocationCommand).callsFake(never);
    expect(await send()).toMatchObject({ kind: 'unanswered' });
    expect(elapsed()).toBeLessThanOrEqual(12 + 20 + 12);
  });

  test.each([
    ['Failed', 'Undeliverable', 'unanswered'],
    ['Failed', 'Terminated', 'unanswered'],
    ['TimedOut', 'Delivery Timed Out', 'unanswered'],
    ['Cancelled', 'Cancelled', 'unanswered'],
    // The agent answered, so the instance lives.
    ['Failed', 'Failed', 'failed'],
  ] as const)('%s, %s: %s', async (Status, StatusDetails, kind) => {
    invocations({ Status, StatusDetails });
    expect(await send()).toMatchObject({ kind, detail: expect.stringContaining(StatusDetails) });
  });
});

describe('the journal of an instance', () => {
  const SINCE = NOW - 300_000;
  const read = () =>
    time.run(createReadLife(new CloudWatchLogsClient(region), time)('/muster/dev/linux', INSTANCE, SINCE));
  const asked = { logGroupName: '/muster/dev/linux', logStreamName: INSTANCE, startTime: SINCE };

  test('with a line shows life', async () => {
    logs
      .on(GetLogEventsCommand, asked)
      .resolves({ events: [{ message: 'Draining.' }], nextForwardToken: 'f/1' });
    expect(await read()).toEqual({ kind: 'alive' });
  });

  test('with a line behind an empty page shows life', async () => {
    logs
      .on(GetLogEventsCommand)
      .resolvesOnce({ events: [], nextForwardToken: 'f/1' })
      .resolves({ events: [{ message: 'Draining.' }], nextForwardToken: 'f/2' });
    expect(await read()).toEqual({ kind: 'alive' });
  });

  test('that ends without a line is silent', async () => {
    logs.on(GetLogEventsCommand).resolves({ events: [], nextForwardToken: 'f/1' });
    expect(await read()).toEqual({ kind: 'silent' });
  });

  test('that does not exist is silent', async () => {
    logs.on(GetLogEventsCommand).rejects(refusal('ResourceNotFoundException'));
    expect(await read()).toEqual({ kind: 'silent' });
  });

  test('without an end is not taken for silence', async () => {
    let page = 0;
    logs.on(GetLogEventsCommand).callsFake(() => ({ events: [], nextForwardToken: `f/${page++}` }));
    expect(await read()).toMatchObject({ kind: 'unknown' });
  });

  test.each([
    ['is refused', async () => Promise.reject(refusal('AccessDeniedException'))],
    ['hangs', never],
  ])('that %s is not taken for silence', async (_, answer) => {
    logs.on(GetLogEventsCommand).callsFake(answer);
    expect(await read()).toMatchObject({ kind: 'unknown' });
  });
});

describe('completing the hook', () => {
  const complete = () =>
    time.run(createCompleteHook(new AutoScalingClient(region), 'muster-terminating', time)(GROUP, INSTANCE));

  test('lets the instance go', async () => {
    autoScaling.on(CompleteLifecycleActionCommand).resolves({});
    expect(await complete()).toBe('completed');
    expect(autoScaling.commandCalls(CompleteLifecycleActionCommand)[0]?.args[0].input).toEqual({
      AutoScalingGroupName: GROUP,
      LifecycleHookName: 'muster-terminating',
      InstanceId: INSTANCE,
      LifecycleActionResult: 'CONTINUE',
    });
  });

  test('that somebody else completed is over', async () => {
    const message = 'No active Lifecycle Action found with instance ID i-1';
    autoScaling.on(CompleteLifecycleActionCommand).rejects(refusal('ValidationError', message));
    expect(await complete()).toBe('over');
  });

  test.each([
    ['ValidationError', 'AutoScalingGroup name not found'],
    ['Throttling', 'Rate exceeded'],
  ])('that AWS refuses is an error: %s', async (name, message) => {
    autoScaling.on(CompleteLifecycleActionCommand).rejects(refusal(name, message));
    await expect(complete()).rejects.toThrow(message);
  });
});
