import {
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DeleteLifecycleHookCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeLifecycleHooksCommand,
  PutScheduledUpdateGroupActionCommand,
  RecordLifecycleActionHeartbeatCommand,
  ResumeProcessesCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateVersionCommand,
  DescribeInstancesCommand,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import {
  type Account,
  deleteFleets,
  type Fleet,
  LAUNCHING,
  makeFleet,
  prepareAccount,
  TERMINATING,
} from './aws-fleet';
import { makeTopic } from './aws-topics';
import { type LocalAws, startLocalAws } from './start-local-aws';

let aws: LocalAws;
let account: Account;

beforeAll(async () => {
  aws = await startLocalAws();
  account = await prepareAccount(aws);
});
afterEach(() => deleteFleets(account));
afterAll(() => aws?.stop());

const advance = (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds });
const named = (fleet: Fleet) => ({ AutoScalingGroupName: fleet.name });

const protect = async (fleet: Fleet, id: string | undefined, on = true) =>
  account.autoScaling.send(
    new SetInstanceProtectionCommand({
      ...named(fleet),
      InstanceIds: [id ?? ''],
      ProtectedFromScaleIn: on,
    }),
  );
const leave = (id: string | undefined, decrement = true) =>
  account.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: id,
      ShouldDecrementDesiredCapacity: decrement,
    }),
  );

describe('launching', () => {
  test('an instance waits in the launching hook until it is completed', async () => {
    const fleet = await makeFleet(aws, account, { DesiredCapacity: 1 });
    expect(await fleet.states()).toEqual(['Pending:Wait']);
    expect((await fleet.activities())[0]?.StatusCode).toBe('MidLifecycleAction');
    await fleet.complete((await fleet.instances())[0], 'launching');
    expect(await fleet.states()).toEqual(['InService']);
    expect((await fleet.activities())[0]?.StatusCode).toBe('Successful');
  });

  test('without hooks it is in service at once', async () => {
    const fleet = await makeFleet(aws, account, { DesiredCapacity: 2, LifecycleHookSpecificationList: [] });
    expect(await fleet.states()).toEqual(['InService', 'InService']);
  });

  test('it has the tags, role, user data and subnet of its group and template', async () => {
    const fleet = await makeFleet(aws, account, { DesiredCapacity: 2 });
    const [one, two] = await fleet.instances();
    expect(one?.AvailabilityZone).not.toBe(two?.AvailabilityZone);
    const record = await aws.local<Record<string, unknown>>('GET', `instances/${one?.InstanceId}`);
    expect(record).toMatchObject({
      imageId: account.imageId,
      imageTags: { 'local:rootfs': '/rootfs' },
      instanceType: 'm7i.large',
      userData: 'MUSTER_FLEET=linux\n',
      roleArn: 'arn:aws:iam::123456789012:role/fleet-instance',
      group: fleet.name,
      lifecycleState: 'Pending:Wait',
      targetLifecycleState: 'InService',
      state: 'running',
    });
    expect(record.tags).toMatchObject({
      'muster:fleet': 'linux',
      from: 'template',
      'aws:autoscaling:groupName': fleet.name,
    });
    expect(record.privateIp).toMatch(/^10\.87\./);
  });

  test('a mixed-instances group launches its first type, as spot by its percentage', async () => {
    const fleet = await makeFleet(aws, account, {
      DesiredCapacity: 2,
      LaunchTemplate: undefined,
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateId: account.templateId, Version: '$Latest' },
          Overrides: [{ InstanceType: 'c7i.large' }, { InstanceType: 'm7i.large' }],
        },
        InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 50 },
      },
    });
    const ids = (await fleet.instances()).map((instance) => instance.InstanceId ?? '');
    const found = await account.ec2.send(new DescribeInstancesCommand({ InstanceIds: ids }));
    const all = (found.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []);
    expect(all.map((instance) => instance.InstanceType)).toEqual(['c7i.large', 'c7i.large']);
    expect(all.filter((instance) => instance.InstanceLifecycle === 'spot')).toHaveLength(1);
    await account.autoScaling.send(new UpdateAutoScalingGroupCommand({ ...named(fleet), MaxSize: 5 }));
    expect((await fleet.group()).MixedInstancesPolicy?.LaunchTemplate?.Overrides).toHaveLength(2);
  });

  test('$Latest is the newest version at the time of the launch', async () => {
    const fleet = await makeFleet(aws, account);
    const image = await account.ec2.send(
      new RegisterImageCommand({ Name: 'newer', RootDeviceName: '/dev/xvda' }),
    );
    await account.ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: account.templateId,
        SourceVersion: '$Latest',
        LaunchTemplateData: { ImageId: image.ImageId },
      }),
    );
    await fleet.desire(1);
    const [instance] = await fleet.instances();
    expect(await aws.local('GET', `instances/${instance?.InstanceId}`)).toMatchObject({
      imageId: image.ImageId,
      userData: 'MUSTER_FLEET=linux\n',
    });
    expect(Number(instance?.LaunchTemplate?.Version)).toBeGreaterThan(1);
  });

  test('a launch that fails is a Failed activity, and is tried again after a growing pause', async () => {
    const fleet = await makeFleet(aws, account);
    const fault = { service: 'ec2', operation: 'RunInstances', resource: fleet.name, status: 500 };
    const { id } = await aws.local<{ id: number }>('POST', 'faults', {
      ...fault,
      code: 'InsufficientInstanceCapacity',
      message: 'We currently do not have sufficient m7i.large capacity.',
    });
    await fleet.desire(1);
    await advance(2);
    await advance(2);
    expect((await fleet.activities()).map((activity) => activity.StatusCode)).toEqual(['Failed', 'Failed']);
    expect((await fleet.activities())[0]?.StatusMessage).toContain('do not have sufficient');
    await aws.local('DELETE', `faults/${id}`);
    await advance(2);
    expect(await fleet.states()).toEqual(['Pending:Wait']);
  });

  test('an image that does not exist fails the launch', async () => {
    const fleet = await makeFleet(aws, account);
    await account.ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: account.templateId,
        SourceVersion: '1',
        LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0' },
      }),
    );
    await fleet.desire(1);
    expect((await fleet.activities())[0]).toMatchObject({ StatusCode: 'Failed' });
    expect((await fleet.activities())[0]?.StatusMessage).toContain('ami-0123456789abcdef0');
    await account.ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: account.templateId,
        SourceVersion: '1',
        LaunchTemplateData: {},
      }),
    );
    await advance(2);
    expect(await fleet.states()).toEqual(['Pending:Wait']);
  });
});

describe('lifecycle hooks', () => {
  test('are described with all their fields', async () => {
    const { topicArn, roleArn } = await makeTopic(aws, 'described');
    const hook = {
      ...LAUNCHING,
      NotificationTargetARN: topicArn,
      RoleARN: roleArn,
      NotificationMetadata: 'fleet',
    };
    const fleet = await makeFleet(aws, account, { LifecycleHookSpecificationList: [hook] });
    const answer = await account.autoScaling.send(new DescribeLifecycleHooksCommand(named(fleet)));
    expect(answer.LifecycleHooks).toEqual([{ ...hook, ...named(fleet), GlobalTimeout: 18_000 }]);
  });

  test('an abandoned instance is terminated, and replaced after a pause that grows', async () => {
    const fleet = await makeFleet(aws, account, { DesiredCapacity: 1 });
    for (const pause of [2, 4, 8]) {
      const [first] = await fleet.instances();
      await fleet.complete(first, 'launching', 'ABANDON');
      expect(await fleet.instances()).toEqual([]);
      await advance(pause - 1);
      expect(await fleet.instances()).toEqual([]);
      await advance(1);
      expect(await fleet.states()).toEqual(['Pending:Wait']);
    }
    const cancelled = (await fleet.activities()).filter((activity) => activity.StatusCode === 'Cancelled');
    expect(cancelled).toHaveLength(3);
    expect(cancelled[0]?.StatusMessage).toContain('was abandoned');
  });

  test('silence ends with the default result', async () => {
    const fleet = await makeFleet(aws, account, {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [{ ...LAUNCHING, DefaultResult: 'CONTINUE' }],
    });
    await advance(179);
    expect(await fleet.states()).toEqual(['Pending:Wait']);
    await advance(2);
    expect(await fleet.states()).toEqual(['InService']);
  });

  test('a heartbeat starts the timeout again, up to the global limit', async () => {
    const fleet = await makeFleet(aws, account, {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [{ ...LAUNCHING, HeartbeatTimeout: 30, DefaultResult: 'CONTINUE' }],
    });
    const [instance] = await fleet.instances();
    for (let seconds = 0; seconds < 3000; seconds += 25) {
      expect(await fleet.states()).toEqual(['Pending:Wait']);
      await account.autoScaling.send(
        new RecordLifecycleActionHeartbeatCommand({
          ...named(fleet),
          LifecycleHookName: 'launching',
          InstanceId: instance?.InstanceId,
        }),
      );
      await advance(25);
    }
    await advance(1);
    expect(await fleet.states()).toEqual(['InService']);
  });

  test('completing what does not wait is refused', async () => {
    const fleet = await makeFleet(aws, account);
    const [instance] = await fleet.fill(1);
    await expect(fleet.complete(instance, 'launching')).rejects.toMatchObject({
      name: 'ValidationError',
      message: `No active Lifecycle Action found with instance ID ${instance?.InstanceId}`,
    });
  });

  test('a terminating instance waits too, and does not count as desired', async () => {
    const fleet = await makeFleet(aws, account);
    await fleet.fill(1);
    await fleet.desire(0);
    expect(await fleet.states()).toEqual(['Terminating:Wait']);
    const [leaving] = await fleet.instances();
    expect(await aws.local('GET', `instances/${leaving?.InstanceId}`)).toMatchObject({
      lifecycleState: 'Terminating:Wait',
      targetLifecycleState: 'Terminated',
      state: 'running',
    });
    await fleet.desire(1);
    expect(await fleet.states()).toEqual(['Pending:Wait', 'Terminating:Wait']);
    await fleet.complete(leaving, 'terminating');
    expect(await fleet.states()).toEqual(['Pending:Wait']);
  });

  test('deleting the terminating hook lets its instances go', async () => {
    const fleet = await makeFleet(aws, account);
    await fleet.fill(1);
    await fleet.desire(0);
    await account.autoScaling.send(
      new DeleteLifecycleHookCommand({ ...named(fleet), LifecycleHookName: 'terminating' }),
    );
    expect(await fleet.instances()).toEqual([]);
  });
});

describe('what AWS leaves open', () => {
  const options = (change: object) => aws.local('PUT', 'options', change);
  afterEach(() => options({ abandonedRunsTerminatingHook: false, deadInstanceWaits: false }));

  test.each([
    [false, []],
    [true, ['Terminating:Wait']],
  ])(
    'whether an abandoned launch runs the terminating hook: %p',
    async (abandonedRunsTerminatingHook, left) => {
      await options({ abandonedRunsTerminatingHook });
      const fleet = await makeFleet(aws, account, { DesiredCapacity: 1 });
      const [instance] = await fleet.instances();
      await fleet.complete(instance, 'launching', 'ABANDON');
      expect(await fleet.states()).toEqual(left);
    },
  );

  test.each([
    [false, ['Pending:Wait']],
    [true, ['Pending:Wait', 'Terminating:Wait']],
  ])('whether a dead instance waits in the terminating hook: %p', async (deadInstanceWaits, states) => {
    await options({ deadInstanceWaits });
    const fleet = await makeFleet(aws, account);
    const [instance] = await fleet.fill(1);
    await aws.local('POST', `instances/${instance?.InstanceId}/stopped`, { reason: 'crashed' });
    await advance(2);
    expect(await fleet.states()).toEqual(states);
  });

  test.each([
    [false, []],
    [true, ['Terminating:Wait']],
  ])('whether one that dies while it drains is released: %p', async (deadInstanceWaits, states) => {
    await options({ deadInstanceWaits });
    const fleet = await makeFleet(aws, account);
    const [instance] = await fleet.fill(1);
    await fleet.desire(0);
    await aws.local('POST', `instances/${instance?.InstanceId}/stopped`, { reason: 'crashed' });
    await advance(2);
    expect(await fleet.states()).toEqual(states);
  });
});

test('many callers at once leave a group of the size that was asked for', async () => {
  const fleet = await makeFleet(aws, account, { MaxSize: 50 });
  await Promise.all(Array.from({ length: 30 }, (_, index) => fleet.desire(index)));
  await fleet.desire(20);
  const waiting = (await fleet.instances()).filter((instance) => instance.LifecycleState === 'Pending:Wait');
  await Promise.all(waiting.map((instance) => fleet.complete(instance, 'launching')));
  const leaving = await fleet.instances();
  const alive = leaving.filter((instance) => instance.LifecycleState === 'InService');
  expect(alive).toHaveLength(20);
  await Promise.all(alive.slice(0, 15).map((instance) => leave(instance.InstanceId)));
  expect((await fleet.group()).DesiredCapacity).toBe(5);
  expect((await fleet.states()).filter((state) => state === 'InService')).toHaveLength(5);
});

describe('size', () => {
  test.each([
    [4, 'New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.'],
    [0, 'New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.'],
  ])('desired %p outside min and max is refused', async (size, message) => {
    const fleet = await makeFleet(aws, account, { MinSize: 1 });
    await expect(fleet.desire(size)).rejects.toMatchObject({ name: 'ValidationError', message });
  });

  test('raising min drags desired up, lowering max drags it down', async () => {
    const fleet = await makeFleet(aws, account);
    await account.autoScaling.send(new UpdateAutoScalingGroupCommand({ ...named(fleet), MinSize: 2 }));
    expect((await fleet.group()).DesiredCapacity).toBe(2);
    await account.autoScaling.send(
      new UpdateAutoScalingGroupCommand({ ...named(fleet), MinSize: 0, MaxSize: 1 }),
    );
    expect((await fleet.group()).DesiredCapacity).toBe(1);
  });

  test('shrinking while an instance waits to launch takes it away', async () => {
    const fleet = await makeFleet(aws, account, { DesiredCapacity: 1 });
    const [instance] = await fleet.instances();
    await fleet.desire(0);
    expect(await fleet.states()).toEqual(['Terminating:Wait']);
    await expect(fleet.complete(instance, 'launching')).rejects.toThrow('No active Lifecycle Action');
  });

  test('a shrinking group balances its zones first', async () => {
    const fleet = await makeFleet(aws, account);
    const filled = await fleet.fill(3);
    await fleet.desire(2);
    const victim = (await fleet.instances()).find((instance) => instance.LifecycleState !== 'InService');
    const inZone = filled.filter((instance) => instance.AvailabilityZone === victim?.AvailabilityZone);
    expect(inZone).toHaveLength(2);
  });

  test('a protected instance stays when another can go', async () => {
    const fleet = await makeFleet(aws, account);
    const [one, two] = await fleet.fill(2);
    await protect(fleet, one?.InstanceId);
    await fleet.desire(1);
    const left = (await fleet.instances()).filter((instance) => instance.LifecycleState === 'InService');
    expect(left.map((instance) => instance.InstanceId)).toEqual([one?.InstanceId]);
    expect(two?.InstanceId).not.toBe(one?.InstanceId);
  });

  test('when all are protected desired drops and nothing terminates', async () => {
    const fleet = await makeFleet(aws, account);
    const [one] = await fleet.fill(1);
    await protect(fleet, one?.InstanceId);
    await fleet.desire(0);
    expect((await fleet.group()).DesiredCapacity).toBe(0);
    expect(await fleet.states()).toEqual(['InService']);
    await expect(leave(one?.InstanceId)).rejects.toThrow('Currently, desiredSize equals minSize (0)');
    await protect(fleet, one?.InstanceId, false);
    expect(await fleet.states()).toEqual(['Terminating:Wait']);
  });

  test('a desired capacity below the number of protected instances terminates only the others', async () => {
    const fleet = await makeFleet(aws, account);
    const [one, two] = await fleet.fill(3);
    for (const instance of [one, two]) await protect(fleet, instance?.InstanceId);
    await fleet.desire(0);
    expect(await fleet.states()).toEqual(['InService', 'InService', 'Terminating:Wait']);
    expect((await fleet.activities()).map((activity) => activity.StatusMessage)).toContain(
      'Could not scale to desired capacity because all remaining instances are protected from scale-in.',
    );
  });

  test('instances of a group that protects them are protected from the moment they are in service', async () => {
    const fleet = await makeFleet(aws, account, {
      NewInstancesProtectedFromScaleIn: true,
      DesiredCapacity: 1,
    });
    const [instance] = await fleet.instances();
    expect(instance?.ProtectedFromScaleIn).toBe(false);
    await fleet.complete(instance, 'launching');
    const shown = await account.autoScaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [instance?.InstanceId ?? ''] }),
    );
    expect(shown.AutoScalingInstances).toMatchObject([{ ProtectedFromScaleIn: true }]);
    expect(await fleet.instances()).toMatchObject([{ ProtectedFromScaleIn: true }]);
    await fleet.desire(0);
    expect(await fleet.states()).toEqual(['InService']);
  });

  test('protecting an instance of another group is refused', async () => {
    const [fleet, other] = [await makeFleet(aws, account), await makeFleet(aws, account)];
    const [instance] = await other.fill(1);
    await expect(protect(fleet, instance?.InstanceId)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  test('protecting an instance that is not in service is refused', async () => {
    const fleet = await makeFleet(aws, account, { DesiredCapacity: 1 });
    const [instance] = await fleet.instances();
    await expect(protect(fleet, instance?.InstanceId)).rejects.toThrow(
      'is not in InService or EnteringStandby or Standby.',
    );
  });
});

describe('leaving', () => {
  test('with decrement an instance is not replaced, protected or not', async () => {
    const fleet = await makeFleet(aws, account);
    const [one] = await fleet.fill(2);
    await protect(fleet, one?.InstanceId);
    const { Activity } = await leave(one?.InstanceId);
    expect(Activity?.StatusCode).toBe('MidLifecycleAction');
    expect((await fleet.group()).DesiredCapacity).toBe(1);
    expect(await fleet.states()).toEqual(['InService', 'Terminating:Wait']);
  });

  test('without decrement it is replaced', async () => {
    const fleet = await makeFleet(aws, account);
    const [one] = await fleet.fill(1);
    await leave(one?.InstanceId, false);
    expect(await fleet.states()).toEqual(['Pending:Wait', 'Terminating:Wait']);
  });

  test('with decrement at min it is refused', async () => {
    const fleet = await makeFleet(aws, account, { MinSize: 1 });
    const [one] = await fleet.fill(1);
    await expect(leave(one?.InstanceId)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('Currently, desiredSize equals minSize (1)'),
    });
  });

  test('twice does not lower desired twice', async () => {
    const fleet = await makeFleet(aws, account);
    const [one] = await fleet.fill(2);
    await leave(one?.InstanceId);
    await expect(leave(one?.InstanceId)).rejects.toThrow();
    expect((await fleet.group()).DesiredCapacity).toBe(1);
  });

  test('of an unknown instance is refused', async () => {
    await expect(leave('i-0123456789abcdef0')).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('processes', () => {
  const suspend = (fleet: Fleet, process: string) =>
    account.autoScaling.send(new SuspendProcessesCommand({ ...named(fleet), ScalingProcesses: [process] }));

  test('nothing launches while Launch is suspended', async () => {
    const fleet = await makeFleet(aws, account);
    await suspend(fleet, 'Launch');
    await fleet.desire(1);
    expect(await fleet.instances()).toEqual([]);
    expect((await fleet.group()).SuspendedProcesses?.map((process) => process.ProcessName)).toEqual([
      'Launch',
    ]);
    await account.autoScaling.send(new ResumeProcessesCommand(named(fleet)));
    expect(await fleet.states()).toEqual(['Pending:Wait']);
  });

  test('nothing shrinks while Terminate is suspended', async () => {
    const fleet = await makeFleet(aws, account);
    await fleet.fill(1);
    await suspend(fleet, 'Terminate');
    await fleet.desire(0);
    expect(await fleet.states()).toEqual(['InService']);
  });
});

describe('scheduled actions', () => {
  const schedule = (fleet: Fleet, action: object) =>
    account.autoScaling.send(
      new PutScheduledUpdateGroupActionCommand({
        ...named(fleet),
        ScheduledActionName: 'close',
        Recurrence: '30 19 * * *',
        TimeZone: 'Europe/Berlin',
        DesiredCapacity: 0,
        ...action,
      }),
    );

  test('one fires at its time and leaves what it does not name', async () => {
    const fleet = await makeFleet(aws, account);
    await fleet.fill(1);
    await schedule(fleet, {});
    await advance(86_400);
    expect(await fleet.group()).toMatchObject({ DesiredCapacity: 0, MinSize: 0, MaxSize: 3 });
    const by = (await fleet.events()).filter((event) => event.event === 'desired-changed').at(-1)?.detail.by;
    expect(by).toBe('scheduled-action:close');
  });

  test('groups may have actions of one name', async () => {
    const atOnce = { LifecycleHookSpecificationList: [] };
    const [one, two] = [await makeFleet(aws, account, atOnce), await makeFleet(aws, account, atOnce)];
    await schedule(one, { DesiredCapacity: 1 });
    await schedule(two, { DesiredCapacity: 2 });
    await advance(86_400);
    expect([(await one.group()).DesiredCapacity, (await two.group()).DesiredCapacity]).toEqual([1, 2]);
  });

  test.each([{ Recurrence: 'daily' }, { TimeZone: 'Europe/Bonn' }])('%p is refused', async (wrong) => {
    const fleet = await makeFleet(aws, account);
    await expect(schedule(fleet, wrong)).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('an instance whose status checks fail', () => {
  const check = (id: string | undefined, instance: string) =>
    aws.local('POST', `instances/${id}/checks`, { instance });

  test('is replaced, and waits in its terminating hook', async () => {
    const fleet = await makeFleet(aws, account);
    const [one] = await fleet.fill(1);
    await check(one?.InstanceId, 'impaired');
    await advance(2);
    expect(await fleet.states()).toEqual(['Pending:Wait', 'Terminating:Wait']);
    expect((await fleet.activities()).map(({ Cause }) => Cause)).toContainEqual(
      expect.stringContaining('in response to an EC2 instance status checks failure.'),
    );
  });

  test('stays when they pass again in time', async () => {
    const fleet = await makeFleet(aws, account);
    const [one] = await fleet.fill(1);
    await check(one?.InstanceId, 'impaired');
    await check(one?.InstanceId, 'ok');
    await advance(2);
    expect(await fleet.states()).toEqual(['InService']);
  });
});

describe('groups', () => {
  test('one with instances is deleted by force only', async () => {
    const fleet = await makeFleet(aws, account);
    await fleet.fill(1);
    const remove = (ForceDelete: boolean) =>
      account.autoScaling.send(new DeleteAutoScalingGroupCommand({ ...named(fleet), ForceDelete }));
    await expect(remove(false)).rejects.toMatchObject({ name: 'ResourceInUseFault' });
    await remove(true);
    await expect(fleet.group()).rejects.toThrow('is gone');
  });

  test('tags are added and changed', async () => {
    const fleet = await makeFleet(aws, account);
    const tag = (Value: string) => ({
      ResourceId: fleet.name,
      ResourceType: 'auto-scaling-group',
      Key: 'muster:state',
      Value,
      PropagateAtLaunch: false,
    });
    for (const value of ['a', 'b'])
      await account.autoScaling.send(new CreateOrUpdateTagsCommand({ Tags: [tag(value)] }));
    expect((await fleet.group()).Tags).toContainEqual(tag('b'));
  });

  test('what does not exist is a ValidationError', async () => {
    const fleet = { name: 'nobody' } as Fleet;
    await expect(
      account.autoScaling.send(new UpdateAutoScalingGroupCommand({ ...named(fleet), MinSize: 1 })),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });

  test('the default result of a terminating hook is both ways to terminate', async () => {
    const fleet = await makeFleet(aws, account, {
      LifecycleHookSpecificationList: [{ ...TERMINATING, DefaultResult: 'ABANDON', HeartbeatTimeout: 60 }],
      DesiredCapacity: 1,
    });
    await fleet.desire(0);
    expect(await fleet.states()).toEqual(['Terminating:Wait']);
    await advance(60);
    expect(await fleet.instances()).toEqual([]);
  });
});
