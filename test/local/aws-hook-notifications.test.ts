import {
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  PutLifecycleHookCommand,
  type PutLifecycleHookCommandInput,
  PutWarmPoolCommand,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling';
import { type Fleet, LAUNCHING, TERMINATING } from './aws-fleet';
import { makeTopic, type Topic } from './aws-topics';
import { useGroups } from './group-bench';

const bench = useGroups();
let topics = 0;

const notified = (hook: object, { topicArn, roleArn }: Topic) => ({
  ...hook,
  NotificationTargetARN: topicArn,
  RoleARN: roleArn,
});

/** A group whose hooks tell a topic of their own. */
async function makeNotifiedFleet(): Promise<{ fleet: Fleet; topic: Topic }> {
  const topic = await makeTopic(bench.aws, `hooks-${++topics}`);
  const fleet = await bench.makeFleet({
    LifecycleHookSpecificationList: [notified(LAUNCHING, topic), notified(TERMINATING, topic)] as never,
  });
  return { fleet, topic };
}

describe('a hook with a target', () => {
  test('is tested when it is put', async () => {
    const { fleet, topic } = await makeNotifiedFleet();
    const test = {
      Event: 'autoscaling:TEST_NOTIFICATION',
      AutoScalingGroupName: fleet.name,
      AutoScalingGroupARN: (await fleet.group()).AutoScalingGroupARN,
      AccountId: '123456789012',
      Service: 'AWS Auto Scaling',
    };
    expect(await topic.messages()).toEqual([
      { ...test, Time: expect.any(String), RequestId: expect.any(String) },
      { ...test, Time: expect.any(String), RequestId: expect.any(String) },
    ]);
  });

  test('tells of an instance that launches, and of one that terminates', async () => {
    const { fleet, topic } = await makeNotifiedFleet();
    const [instance] = await fleet.fill(1);
    await fleet.desire(0);
    const common = {
      AutoScalingGroupName: fleet.name,
      EC2InstanceId: instance?.InstanceId,
      Service: 'AWS Auto Scaling',
      AccountId: '123456789012',
      LifecycleActionToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
      Time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      RequestId: expect.any(String),
    };
    expect((await topic.messages()).slice(2)).toEqual([
      {
        ...common,
        Origin: 'EC2',
        Destination: 'AutoScalingGroup',
        LifecycleHookName: 'launching',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      },
      {
        ...common,
        Origin: 'AutoScalingGroup',
        Destination: 'EC2',
        LifecycleHookName: 'terminating',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      },
    ]);
  });

  test('publishes with its role', async () => {
    const { topic } = await makeNotifiedFleet();
    const { calls } = await bench.aws.local<{ calls: Record<string, unknown>[] }>('GET', 'calls?since=0');
    const role = topic.roleArn.split('/').at(-1);
    expect(calls.filter((call) => call.principal === role)).toEqual([
      expect.objectContaining({ service: 'sns', operation: 'Publish', status: 200 }),
      expect.objectContaining({ service: 'sns', operation: 'Publish', status: 200 }),
    ]);
  });

  test('tells the way into a warm pool, and out of it', async () => {
    const { fleet, topic } = await makeNotifiedFleet();
    const pool = { AutoScalingGroupName: fleet.name, MinSize: 1, MaxGroupPreparedCapacity: 1 };
    await bench.autoScaling.send(new PutWarmPoolCommand(pool));
    const launched = (await topic.messages()).at(-1);
    expect(launched).toMatchObject({ Origin: 'EC2', Destination: 'WarmPool' });
    await fleet.complete({ InstanceId: String(launched?.EC2InstanceId) }, 'launching');
    await bench.autoScaling.send(
      new PutWarmPoolCommand({ ...pool, MinSize: 0, MaxGroupPreparedCapacity: 0 }),
    );
    expect((await topic.messages()).at(-1)).toMatchObject({ Origin: 'WarmPool', Destination: 'EC2' });
    await fleet.complete({ InstanceId: String(launched?.EC2InstanceId) }, 'terminating');
    await bench.autoScaling.send(new PutWarmPoolCommand(pool));
    await fleet.complete({ InstanceId: String((await topic.messages()).at(-1)?.EC2InstanceId) }, 'launching');
    await fleet.desire(1);
    expect(await topic.messages()).toContainEqual(
      expect.objectContaining({ Origin: 'WarmPool', Destination: 'AutoScalingGroup' }),
    );
  });

  test('waits all the same when its message is lost', async () => {
    const { fleet, topic } = await makeNotifiedFleet();
    await fleet.fill(1);
    const before = await topic.messages();
    await bench.aws.local('POST', 'faults', { service: 'sns', operation: 'Publish', status: 500, count: 1 });
    await fleet.desire(0);
    expect(await fleet.states()).toEqual(['Terminating:Wait']);
    expect(await topic.messages()).toEqual(before);
  });
});

describe('putting a hook', () => {
  const put = (fleet: Fleet, change: Partial<PutLifecycleHookCommandInput>) =>
    bench.autoScaling.send(
      new PutLifecycleHookCommand({
        ...TERMINATING,
        AutoScalingGroupName: fleet.name,
        LifecycleHookName: 'terminating',
        ...change,
      }),
    );
  const hook = async (fleet: Fleet) => {
    const command = new DescribeLifecycleHooksCommand({
      AutoScalingGroupName: fleet.name,
      LifecycleHookNames: ['terminating'],
    });
    return (await bench.autoScaling.send(command)).LifecycleHooks?.[0];
  };

  test('with a target and no role is refused', async () => {
    const fleet = await bench.makeFleet();
    const { topicArn } = await makeTopic(bench.aws, 'no-role');
    await expect(put(fleet, { NotificationTargetARN: topicArn })).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('RoleARN'),
    });
    expect((await hook(fleet))?.NotificationTargetARN).toBeUndefined();
  });

  test.each([
    ['topic', { NotificationTargetARN: 'arn:aws:sns:eu-central-1:123456789012:nowhere' }],
    ['role', { RoleARN: 'arn:aws:iam::123456789012:role/nobody' }],
  ])('with a %s that does not exist is refused', async (what, wrong) => {
    const fleet = await bench.makeFleet();
    const topic = await makeTopic(bench.aws, `no-${what}-here`);
    await expect(put(fleet, { ...notified({}, topic), ...wrong })).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('Unable to publish test message to notification target'),
    });
  });

  test('that is refused leaves no group behind when it comes with one', async () => {
    const { topicArn } = await makeTopic(bench.aws, 'no-group');
    const hook = { ...TERMINATING, NotificationTargetARN: topicArn };
    const AutoScalingGroupName = 'never-made';
    const make = () => bench.makeFleet({ AutoScalingGroupName, LifecycleHookSpecificationList: [hook] });
    await expect(make()).rejects.toThrow('RoleARN');
    const found = await bench.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
    );
    expect(found.AutoScalingGroups).toEqual([]);
  });

  test('again leaves what is not given as it was', async () => {
    const { fleet, topic } = await makeNotifiedFleet();
    await bench.autoScaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: fleet.name,
        LifecycleHookName: 'terminating',
        HeartbeatTimeout: 600,
      }),
    );
    expect(await hook(fleet)).toMatchObject({
      HeartbeatTimeout: 600,
      GlobalTimeout: 60_000,
      DefaultResult: 'CONTINUE',
      NotificationTargetARN: topic.topicArn,
      RoleARN: topic.roleArn,
    });
  });
});

describe('the time in a hook', () => {
  const beat = (fleet: Fleet, InstanceId: string | undefined) =>
    bench.autoScaling.send(
      new RecordLifecycleActionHeartbeatCommand({
        AutoScalingGroupName: fleet.name,
        LifecycleHookName: 'terminating',
        InstanceId,
      }),
    );

  test('ends after 48 hours whatever the heartbeats, which are refused from then on', async () => {
    const fleet = await bench.makeFleet();
    const [instance] = await fleet.fill(1);
    await fleet.desire(0);
    // 172,660 s in all, less than 48 hours and more than 47: the last heartbeat would hold for 1,800 s more.
    for (let beats = 0; beats < 97; beats++) {
      await beat(fleet, instance?.InstanceId);
      await bench.advance(1780);
      expect(await fleet.states()).toEqual(['Terminating:Wait']);
    }
    await beat(fleet, instance?.InstanceId);
    await bench.advance(141);
    expect(await fleet.states()).toEqual([]);
    await expect(beat(fleet, instance?.InstanceId)).rejects.toThrow('No active Lifecycle Action found');
  });

  test('ends by silence: a heartbeat holds for one timeout', async () => {
    const fleet = await bench.makeFleet();
    const [instance] = await fleet.fill(1);
    await fleet.desire(0);
    await bench.advance(1700);
    await beat(fleet, instance?.InstanceId);
    await bench.advance(1790);
    expect(await fleet.states()).toEqual(['Terminating:Wait']);
    await bench.advance(10);
    expect(await fleet.states()).toEqual([]);
  });
});
