/** Tasks of the local AWS as records: what RunTask takes and refuses, and how tasks go through their states. */
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { callAws } from './call-aws';
import { CLUSTER, EcsBench, idOf } from './ecs-bench';
import { type LocalAws, startLocalAws } from './start-local-aws';

let aws: LocalAws;
let bench: EcsBench;
beforeAll(async () => {
  aws = await startLocalAws();
  bench = await EcsBench.make(aws);
  await bench.define('fargate');
  await bench.define('ec2');
});
afterAll(() => aws?.stop());
afterEach(() => aws.local('DELETE', 'ecs/failures'));

describe('a task', () => {
  test('comes to RUNNING and, when it is stopped, to STOPPED with the reason and the exit code', async () => {
    const task = await bench.run();
    expect(task).toMatchObject({
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      launchType: 'FARGATE',
      capacityProviderName: 'FARGATE',
      startedBy: 'muster-dev-rule-1-00000000',
    });
    await bench.reach(task, 'RUNNING');
    expect((await bench.stop(task, 'not needed')).task).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'STOPPED',
    });
    expect(await bench.reach(task, 'STOPPED')).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: 'not needed',
      containers: [{ name: 'runner', lastStatus: 'STOPPED', exitCode: 0 }],
    });
  });

  test('that ends by itself says with which exit code', async () => {
    const task = await bench.run();
    await bench.reach(task, 'RUNNING');
    await aws.local('POST', `ecs/tasks/${idOf(task)}/exit`, { code: 3 });
    expect(await bench.reach(task, 'STOPPED')).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 3 }],
    });
  });

  test('that is stopped before it ran has no exit code', async () => {
    const task = await bench.run();
    await bench.stop(task);
    const stopped = await bench.reach(task, 'STOPPED');
    expect(stopped).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' });
    expect(stopped.containers[0]).not.toHaveProperty('exitCode');
  });

  test('has an address of the subnet, of its own', async () => {
    const addresses = await Promise.all(
      [0, 1].map(async () => {
        const { attachments } = await bench.reach(await bench.run(), 'RUNNING');
        return attachments[0]?.details.find(({ name }) => name === 'privateIPv4Address')?.value;
      }),
    );
    expect(new Set(addresses).size).toBe(2);
    for (const address of addresses) expect(address).toMatch(/^10\.87\.(1[6-9]|2\d|3[01])\.\d+$/);
  });

  test('shows its tags when it is asked to', async () => {
    const task = await bench.run();
    expect(await bench.read(task)).not.toHaveProperty('tags');
    expect((await bench.read(task, ['TAGS'])).tags).toEqual([{ key: 'muster:rule', value: 'rule' }]);
    await bench.call('TagResource', { resourceArn: task.taskArn, tags: [{ key: 'more', value: '1' }] });
    expect((await bench.read(task, ['TAGS'])).tags).toHaveLength(2);
  });

  test('is forgotten an hour after it stopped', async () => {
    const task = await bench.run();
    await bench.stop(task);
    await bench.reach(task, 'STOPPED');
    await aws.local('POST', 'clock', { advanceSeconds: 3500 });
    await bench.read(task);
    await aws.local('POST', 'clock', { advanceSeconds: 200 });
    expect(await bench.call('DescribeTasks', { cluster: CLUSTER, tasks: [task.taskArn] })).toMatchObject({
      tasks: [],
      failures: [{ arn: task.taskArn, reason: 'MISSING' }],
    });
  });

  test('whose image the registry does not have fails to start', async () => {
    await callAws(aws, 'ecr', 'CreateRepository', { repositoryName: 'muster-dev/github-runner' });
    const { host } = new URL(aws.url);
    await bench.define('fargate', { image: `${host}/muster-dev/github-runner:none` });
    try {
      const stopped = await bench.reach(await bench.run(), 'STOPPED');
      expect(stopped.stopCode).toBe('TaskFailedToStart');
      expect(stopped.stoppedReason).toMatch(/^CannotPullContainerError: .*github-runner:none: not found$/);
    } finally {
      await bench.define('fargate');
    }
  });

  test('of Fargate Spot is taken back by AWS, one of Fargate is not', async () => {
    const spot = await bench.run({
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    });
    await bench.reach(spot, 'RUNNING');
    await aws.local('POST', `ecs/tasks/${idOf(spot)}/interrupt`, {});
    expect(await bench.reach(spot, 'STOPPED')).toMatchObject({
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
    });
    await expect(aws.local('POST', `ecs/tasks/${idOf(await bench.run())}/interrupt`, {})).rejects.toThrow(
      /FARGATE_SPOT/,
    );
  });
});

describe('RunTask', () => {
  const STRATEGY = 'capacityProviderStrategy';
  test.each([
    ['both a launch type and a strategy', { launchType: 'FARGATE' }, /InvalidParameter.*both/],
    ['awsvpc without a network', { networkConfiguration: undefined }, /InvalidParameter.*must be provided/],
    [
      'a subnet that is not there',
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0'] } } },
      /InvalidSubnetID/,
    ],
    [
      'a provider that the cluster does not have',
      { [STRATEGY]: [{ capacityProvider: 'other', weight: 1 }] },
      /not associated/,
    ],
    ['more than ten tasks', { count: 11 }, /InvalidParameter/],
    ['a long startedBy', { startedBy: 'x'.repeat(129) }, /InvalidParameter/],
    ['a family that is not there', { taskDefinition: 'none' }, /ClientException.*not found/],
    ['a cluster that is not there', { cluster: 'none' }, /ClusterNotFoundException/],
    [
      'overrides of a container that is not there',
      { overrides: { containerOverrides: [{ name: 'other' }] } },
      /not a container/,
    ],
    [
      'long overrides',
      {
        overrides: {
          containerOverrides: [{ name: 'runner', environment: [{ name: 'A', value: 'x'.repeat(8192) }] }],
        },
      },
      /8192/,
    ],
  ])('refuses %s', async (_, change, message) => {
    await expect(bench.start(change)).rejects.toThrow(message);
  });

  test('refuses a network for a task that is bridged, and a revision that was deregistered', async () => {
    const taskDefinition = 'muster-dev-rule-small-ec2';
    const hosts = { [STRATEGY]: undefined, launchType: 'EC2', taskDefinition };
    await expect(bench.start(hosts)).rejects.toThrow(/not valid for the given networkMode/);
    await expect(bench.start({ ...hosts, networkConfiguration: undefined })).rejects.toThrow(
      /No Container Instances/,
    );
    const old = 'muster-dev-rule-small-fargate:1';
    await bench.call('DeregisterTaskDefinition', { taskDefinition: old });
    await expect(bench.start({ taskDefinition: old })).rejects.toThrow(/InvalidParameter.*inactive/);
  });

  test('refuses a role that does not trust ECS', async () => {
    const taskRoleArn = 'arn:aws:iam::123456789012:role/other';
    await new IAMClient(aws.client).send(
      new CreateRoleCommand({ RoleName: 'other', AssumeRolePolicyDocument: '{"Statement":[]}' }),
    );
    await bench.define('fargate', {}, { taskRoleArn });
    await expect(bench.start()).rejects.toThrow(/ClientException.*unable to assume the role/);
    await bench.define('fargate');
  });

  test('with the same client token starts nothing more, and refuses another request with it', async () => {
    const clientToken = 'token-1';
    const first = await bench.run({ clientToken });
    expect((await bench.run({ clientToken })).taskArn).toBe(first.taskArn);
    await expect(bench.start({ clientToken, count: 2 })).rejects.toThrow(/ConflictException/);
  });

  test('says of failures with status 200, and takes the token again after them', async () => {
    const reason =
      'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    await aws.local('POST', 'ecs/failures', { provider: 'FARGATE', reason, count: 1 });
    const clientToken = 'token-2';
    expect(await bench.start({ clientToken })).toEqual({ tasks: [], failures: [{ reason }] });
    expect((await bench.start({ clientToken })).tasks).toHaveLength(1);
  });

  test('starts a task that then fails', async () => {
    const reason = 'ResourceInitializationError: unable to pull secrets or registry auth';
    await aws.local('POST', 'ecs/failures', { when: 'start', reason, count: 1 });
    expect(await bench.reach(await bench.run(), 'STOPPED')).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: reason,
    });
  });

  test('is throttled when it is told so', async () => {
    await aws.local('POST', 'faults', {
      service: 'ecs',
      operation: 'RunTask',
      status: 400,
      code: 'ThrottlingException',
      count: 1,
    });
    await expect(bench.start()).rejects.toThrow(/400.*ThrottlingException/);
    await bench.run();
  });
});

describe('ListTasks', () => {
  test('finds tasks by who started them, by family and by what is wanted of them', async () => {
    const startedBy = 'muster-dev-rule-1-11111111';
    const [one, other] = [await bench.run({ startedBy }), await bench.run({ startedBy })];
    expect(await bench.list({ startedBy })).toEqual([one.taskArn, other.taskArn]);
    await bench.stop(one);
    expect(await bench.list({ startedBy })).toEqual([other.taskArn]);
    expect(await bench.list({ startedBy, desiredStatus: 'STOPPED' })).toEqual([one.taskArn]);
    expect(await bench.list({ family: 'muster-dev-rule-small-ec2' })).toEqual([]);
    await expect(bench.list({ startedBy, family: 'x' })).rejects.toThrow(/InvalidParameter/);
  });

  test('answers in pages', async () => {
    const startedBy = 'muster-dev-rule-1-22222222';
    await bench.start({ startedBy, count: 3 });
    const page = await bench.call<{ taskArns: string[]; nextToken?: string }>('ListTasks', {
      cluster: CLUSTER,
      startedBy,
      maxResults: 2,
    });
    expect(page.taskArns).toHaveLength(2);
    expect(await bench.list({ startedBy, nextToken: page.nextToken })).toHaveLength(1);
  });
});

test('a cluster with tasks is not deleted, a provider with tasks is not taken away', async () => {
  await bench.run();
  await expect(bench.call('DeleteCluster', { cluster: CLUSTER })).rejects.toThrow(/ClusterContainsTasks/);
  const less = { cluster: CLUSTER, capacityProviders: ['FARGATE_SPOT'], defaultCapacityProviderStrategy: [] };
  await expect(bench.call('PutClusterCapacityProviders', less)).rejects.toThrow(/ResourceInUse/);
});
