import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { remind } from '../../../lambda/housekeeper/reminders/remind';
import { settingsOf } from './perfect';

const NOW = Date.parse('2026-11-21T05:00:00Z');
const HELD = 'i-0000000000000000a';
const aws = {
  autoScaling: mockClient(AutoScalingClient),
  ec2: mockClient(EC2Client),
  sns: mockClient(SNSClient),
};

const groupOf = (changes: Partial<AutoScalingGroup> = {}): AutoScalingGroup => ({
  AutoScalingGroupName: 'muster-dev-linux',
  MinSize: 0,
  MaxSize: 3,
  DesiredCapacity: 0,
  DefaultCooldown: 0,
  AvailabilityZones: [],
  HealthCheckType: 'EC2',
  CreatedTime: new Date(0),
  Instances: [],
  Tags: [],
  ...changes,
});
const inState = (LifecycleState: string) => ({
  Instances: [
    {
      InstanceId: HELD,
      LifecycleState: LifecycleState as 'Standby',
      AvailabilityZone: 'a',
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
    },
  ],
});
const paused = (Value: string) => ({ Tags: [{ Key: 'muster:paused', Value }] });

beforeEach(() => {
  for (const mock of Object.values(aws)) mock.reset();
  aws.ec2.on(DescribeInstancesCommand).resolves({
    Reservations: [
      { Instances: [{ InstanceId: HELD, Tags: [{ Key: 'muster:held', Value: '2026-11-20T23:00:00Z' }] }] },
    ],
  });
  aws.sns.on(PublishCommand).resolves({});
});

async function run(group: AutoScalingGroup) {
  aws.autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups: [group] });
  const { environment, topicArn, fleets } = settingsOf();
  const region = { region: 'eu-central-1' };
  const clients = {
    autoScaling: new AutoScalingClient(region),
    ec2: new EC2Client(region),
    sns: new SNSClient(region),
  };
  const reminders = await remind({ ...clients, now: () => NOW }, { environment, topicArn, fleets });
  return { reminders, messages: aws.sns.commandCalls(PublishCommand).map(({ args }) => args[0].input) };
}

test('nothing held and nothing paused is no message', async () => {
  expect(await run(groupOf(inState('InService')))).toEqual({ reminders: [], messages: [] });
});

test.each(['Standby', 'EnteringStandby'])(
  'an instance in %s is told, with its age and its end',
  async (state) => {
    const { messages } = await run(groupOf(inState(state)));
    expect(messages).toEqual([
      {
        TopicArn: 'arn:aws:sns:eu-central-1:123456789012:muster-dev-alarms',
        Subject: 'muster dev: 1 held instance',
        Message: expect.stringMatching(
          new RegExp(`${HELD} of fleet linux .*2026-11-20T23:00.*6 h.*make release ENV=dev INSTANCE=${HELD}`),
        ),
      },
    ]);
  },
);

test('a paused fleet is told, with its age and its end', async () => {
  const { messages } = await run(groupOf(paused('2026-11-18T05:00:00.000Z')));
  expect(messages[0]?.Message).toMatch(/linux is paused.*3 days.*make resume ENV=dev FLEET=linux/);
});

test('one that was put aside by hand, which nobody dated, is told too', async () => {
  aws.ec2.on(DescribeInstancesCommand).resolves({});
  const { messages } = await run(groupOf({ ...inState('Standby'), ...paused('yes') }));
  expect(messages[0]?.Subject).toBe('muster dev: 1 held instance, 1 paused fleet');
  expect(messages[0]?.Message).toContain(`INSTANCE=${HELD}`);
});

test('a message that cannot be sent fails the task', async () => {
  aws.sns.on(PublishCommand).rejects(new Error('no such topic'));
  await expect(run(groupOf(inState('Standby')))).rejects.toThrow('no such topic');
});

test('a fleet that is not deployed has nothing to be reminded of', async () => {
  const { reminders } = await run(
    groupOf({ AutoScalingGroupName: 'muster-dev-other', ...inState('Standby') }),
  );
  expect(reminders).toEqual([]);
});
