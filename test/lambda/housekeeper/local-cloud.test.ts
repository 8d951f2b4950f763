/** Against the local AWS and the stand-in CircleCI: an instance that the CI forgets, and one that is held. */
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createHousekeeper, type Ports } from '../../../lambda/housekeeper/housekeeper';
import { prepareAccount } from '../../local/aws-fleet';
import { CiBench, CLASS, TOKENS } from '../../local/ci-bench';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { until } from '../../local/until';
import { circleciFleetOf, settingsOf } from './perfect';
import { World } from './runner-world';

const GROUP = 'muster-dev-linux';
const MINUTE = 60_000;
let aws: LocalAws;
let ci: CiBench;
let autoScaling: AutoScalingClient;
let topicArn: string;
beforeAll(async () => {
  [aws, ci] = await Promise.all([startLocalAws(), CiBench.start()]);
  autoScaling = new AutoScalingClient(aws.client);
  const { templateId, subnets } = await prepareAccount(aws);
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: GROUP,
      MinSize: 0,
      MaxSize: 3,
      LaunchTemplate: { LaunchTemplateId: templateId, Version: '$Latest' },
      VPCZoneIdentifier: subnets,
    }),
  );
  const topic = await new SNSClient(aws.client).send(new CreateTopicCommand({ Name: 'muster-dev-alarms' }));
  topicArn = topic.TopicArn ?? '';
});
afterAll(async () => {
  await Promise.all([aws?.stop(), ci?.stop()]);
});

const read = async () =>
  (await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [GROUP] })))
    .AutoScalingGroups?.[0];
const serving = async () =>
  ((await read())?.Instances ?? [])
    .filter(({ LifecycleState }) => LifecycleState === 'InService')
    .map(({ InstanceId = '' }) => InstanceId)
    .sort();

/** The agent of an instance asks for work. */
const poll = (name: string) =>
  fetch(`${ci.url}/_agent/claim`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${TOKENS.runnerToken}` },
    body: JSON.stringify({ name, version: '3', claimId: name }),
  });

async function run(task: string, minutes = 0): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const keep = (_message: string, fields: Record<string, unknown>) => lines.push(fields);
  const ports: Ports = {
    ...new World().ports,
    now: () => Date.now() + minutes * MINUTE,
    fetch,
    ec2: () => new EC2Client(aws.client),
    ssm: new SSMClient(aws.client),
    autoScaling,
    sns: new SNSClient(aws.client),
    readToken: async () => TOKENS.apiToken,
    log: { info: keep, warn: keep },
    publishMetric: () => {},
  };
  const fleet = circleciFleetOf({ baseUrl: ci.url, resourceClass: CLASS, unknownMinutes: 8 });
  await createHousekeeper(settingsOf({ fleets: [fleet], topicArn }), ports)({ task });
  return lines;
}

test('an instance whose agent CircleCI forgot is replaced, once its time is over', async () => {
  await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 2 }));
  const [stuck = '', well = ''] = await until('two in service', serving, (ids) => ids.length === 2);
  for (const id of [stuck, well]) await poll(id);
  expect(await run('stuck')).toMatchObject([{ verdict: 'judged', unknown: [] }]);

  await ci.admin('PUT', `agents/${stuck}`, { forgotten: true });
  expect(await run('stuck')).toMatchObject([{ unknown: [stuck], ended: [] }]);
  expect(await run('stuck', 8)).toMatchObject([{ ended: [stuck], reason: 'runner-unknown' }]);

  const after = await until('replaced', serving, (ids) => ids.length === 2 && !ids.includes(stuck));
  expect(after).toContain(well);
  expect((await read())?.DesiredCapacity).toBe(2);
});

test('a paused fleet is told to the topic', async () => {
  const Tags = [
    {
      ResourceType: 'auto-scaling-group',
      ResourceId: GROUP,
      Key: 'muster:paused',
      Value: new Date().toISOString(),
    },
  ].map((tag) => ({ ...tag, PropagateAtLaunch: false }));
  await autoScaling.send(new CreateOrUpdateTagsCommand({ Tags }));
  expect(await run('reminders')).toMatchObject([{ reminders: [{ fleet: 'linux' }] }]);
  const { calls } = await aws.local<{ calls: { service: string; operation: string }[] }>(
    'GET',
    'calls?since=0',
  );
  expect(calls.filter(({ operation }) => operation === 'Publish')).toHaveLength(1);
});
