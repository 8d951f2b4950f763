/** Container instances of the local AWS, with tests in place of their agents; managed scaling of their group. */
import { rmSync } from 'node:fs';
import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { type Account, deleteFleets, makeFleet, prepareAccount } from './aws-fleet';
import { prepareFunctions } from './aws-functions';
import { callAws } from './call-aws';
import { makeImage, pushImage } from './container-image';
import { ECS_TRUST, EcsBench, idOf, type Started, type Task } from './ecs-bench';
import { type LocalAws, startLocalAws } from './start-local-aws';
import { until } from './until';

interface Wanted {
  seen: number;
  status: string;
  tasks: {
    taskArn: string;
    desiredStatus: string;
    containers: { name: string; environment: Record<string, string>; memory?: number; stopTimeout: number }[];
  }[];
}

let aws: LocalAws;
let account: Account;
let bench: EcsBench;
let fleet: Awaited<ReturnType<typeof makeFleet>>;
/** The capacity provider of a test, and the only thing that tasks may ask for. */
let hosts: string;
let strategy: object[];
beforeAll(async () => {
  aws = await startLocalAws();
  account = await prepareAccount(aws);
});
afterAll(() => aws?.stop());

let tests = 0;
beforeEach(async () => {
  const options = {
    ecsScalingSeconds: 0.1,
    ecsScaleInSeconds: 0.5,
    ecsFirstStep: 1,
    ecsAgentLostSeconds: 60,
  };
  await aws.local('PUT', 'options', options);
  fleet = await makeFleet(aws, account, {
    NewInstancesProtectedFromScaleIn: true,
    LifecycleHookSpecificationList: undefined,
  });
  hosts = `hosts-${++tests}`;
  strategy = [{ capacityProvider: hosts, weight: 1 }];
  const { AutoScalingGroupARN: autoScalingGroupArn } = await fleet.group();
  await callAws(aws, 'ecs', 'CreateCapacityProvider', {
    name: hosts,
    autoScalingGroupProvider: {
      autoScalingGroupArn,
      managedScaling: { status: 'ENABLED', targetCapacity: 100 },
      managedTerminationProtection: 'ENABLED',
      managedDraining: 'DISABLED',
    },
  });
  bench = await EcsBench.make(aws, ['FARGATE', hosts], `cluster-${tests}`);
  await bench.define('ec2', { environment: [{ name: 'GIVEN', value: 'definition' }] });
});
afterEach(() => deleteFleets(account));

const run = (change: object = {}) =>
  bench.run({
    taskDefinition: 'muster-dev-rule-small-ec2',
    capacityProviderStrategy: strategy,
    networkConfiguration: undefined,
    ...change,
  });

/** The agent of an instance: what a machine would have. */
function agentOf(instanceId: string) {
  let containerInstanceArn = '';
  const post = <Answer>(word: string, body: object = {}) =>
    aws.local<Answer>('POST', `ecs/agent/${word}`, {
      containerInstanceArn,
      region: aws.client.region,
      ...body,
    });
  return {
    get arn() {
      return containerInstanceArn;
    },
    register: async (change: object = {}) => {
      const size = { region: aws.client.region, cluster: bench.cluster, instanceId, cpu: 2048, memory: 3800 };
      const body = { ...size, ...change };
      const answer = await aws.local<{ containerInstanceArn: string }>('POST', 'ecs/agent/register', body);
      containerInstanceArn = answer.containerInstanceArn;
    },
    poll: (seen = 0, waitSeconds = 0.1) => post<Wanted>('poll', { seen, waitSeconds }),
    report: ({ taskArn }: { taskArn: string }, status: string, more: object = {}) =>
      post('tasks', { taskArn, status, ...more }),
    log: ({ taskArn }: { taskArn: string }, ...lines: string[]) =>
      post('logs', { taskArn, container: 'runner', lines }),
  };
}
const inService = (count: number) =>
  until(
    `${count} in service`,
    () => fleet.instances(),
    (all) => all.filter(({ LifecycleState }) => LifecycleState === 'InService').length === count,
  );
async function startHost(change: object = {}) {
  await fleet.desire(((await fleet.group()).DesiredCapacity ?? 0) + 1);
  const all = await until('an instance', fleet.instances, (found) => found.length > 0);
  const agent = agentOf(all.at(-1)?.InstanceId ?? '');
  await agent.register(change);
  return { agent, instanceId: all.at(-1)?.InstanceId ?? '' };
}
const describeInstance = async (containerInstance: string) =>
  bench.call<{ containerInstances: object[]; failures: object[] }>('DescribeContainerInstances', {
    cluster: bench.cluster,
    containerInstances: [containerInstance],
  });

describe('a task on a container instance', () => {
  test('is given to the agent, which says how it goes on', async () => {
    const { agent } = await startHost();
    const overrides = {
      containerOverrides: [{ name: 'runner', environment: [{ name: 'OVER', value: '1' }] }],
    };
    const task = await run({ overrides });
    expect(task).toMatchObject({ lastStatus: 'PENDING', launchType: 'EC2', containerInstanceArn: agent.arn });
    const { tasks } = await agent.poll();
    expect(tasks).toMatchObject([
      {
        taskArn: task.taskArn,
        desiredStatus: 'RUNNING',
        containers: [
          {
            name: 'runner',
            stopTimeout: 120,
            memory: 1024,
            environment: { GIVEN: 'definition', OVER: '1', AWS_EXECUTION_ENV: 'AWS_ECS_EC2' },
          },
        ],
      },
    ]);
    await agent.report(task, 'RUNNING');
    await bench.reach(task, 'RUNNING');
    await agent.report(task, 'STOPPED', { containers: [{ name: 'runner', exitCode: 4 }] });
    expect(await bench.read(task)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 4 }],
    });
    expect((await agent.poll()).tasks).toEqual([]);
  });

  test('is stopped by its agent, which is told at once', async () => {
    const { agent } = await startHost();
    const task = await run();
    await agent.report(task, 'RUNNING');
    const { seen } = await agent.poll();
    const told = agent.poll(seen, 20);
    await bench.stop(task, 'enough');
    expect((await told).tasks).toMatchObject([{ taskArn: task.taskArn, desiredStatus: 'STOPPED' }]);
    expect(await bench.read(task)).not.toMatchObject({ lastStatus: 'STOPPED' });
    await agent.report(task, 'STOPPED', { containers: [{ name: 'runner', exitCode: 0 }] });
    expect(await bench.read(task)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
    });
  });

  test('has its image for the agent, as an archive', async () => {
    await callAws(aws, 'ecr', 'CreateRepository', { repositoryName: 'muster-dev/github-runner' });
    const layout = makeImage([{ files: { 'etc/word': 'packed' } }]);
    const digest = await pushImage(aws, layout, 'muster-dev/github-runner', 'v1');
    rmSync(layout, { recursive: true });
    await bench.define('ec2', { image: `${new URL(aws.url).host}/muster-dev/github-runner@${digest}` });
    await startHost();
    const { taskArn } = await run();
    const query = new URLSearchParams({ taskArn, container: 'runner', region: aws.client.region });
    const answer = await fetch(`${aws.url}/_local/ecs/agent/image?${query}`);
    expect(answer.headers.get('x-muster-digest')).toBe(digest);
    const tar = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    expect(tar).toContain(answer.headers.get('x-muster-image'));
  });

  test('that the agent cannot start says why', async () => {
    const { agent } = await startHost();
    const task = await run();
    const reason = 'CannotPullContainerError: not found';
    await agent.report(task, 'STOPPED', { reason, containers: [{ name: 'runner', reason }] });
    expect(await bench.read(task)).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: reason,
      containers: [{ reason }],
    });
  });

  test('ends with its instance, which is registered no more', async () => {
    const { agent, instanceId } = await startHost();
    const task = await run();
    await agent.report(task, 'RUNNING');
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    expect(await bench.read(task)).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: `Host EC2 (instance ${instanceId}) terminated.`,
    });
    expect(await describeInstance(agent.arn)).toMatchObject({ failures: [{ reason: 'MISSING' }] });
    await expect(agent.poll()).rejects.toThrow(/404/);
  });

  test('keeps its registration when the agent is restarted', async () => {
    const { agent } = await startHost();
    const before = agent.arn;
    const task = await run();
    await agent.register({ containerInstanceArn: before });
    expect(agent.arn).toBe(before);
    expect((await agent.poll()).tasks).toMatchObject([{ taskArn: task.taskArn }]);
    await expect(agent.register()).rejects.toThrow(/registered already/);
  });
});

describe('an instance', () => {
  test('that drains takes no new task, keeps those it has, and is deregistered after them', async () => {
    const { agent } = await startHost();
    const task = await run();
    const state = { cluster: bench.cluster, containerInstances: [agent.arn], status: 'DRAINING' };
    await bench.call('UpdateContainerInstancesState', state);
    expect(await agent.poll()).toMatchObject({ status: 'DRAINING', tasks: [{ desiredStatus: 'RUNNING' }] });
    expect((await run()).lastStatus).toBe('PROVISIONING');
    const gone = { cluster: bench.cluster, containerInstance: agent.arn };
    await expect(bench.call('DeregisterContainerInstance', gone)).rejects.toThrow(/running tasks/);
    await agent.report(task, 'STOPPED');
    await bench.call('DeregisterContainerInstance', gone);
    expect(await bench.call('ListContainerInstances', { cluster: bench.cluster })).toEqual({
      containerInstanceArns: [],
    });
  });

  test('shows what is left of it, and takes what fits', async () => {
    const { agent } = await startHost();
    const task = await run();
    await agent.report(task, 'RUNNING');
    expect((await describeInstance(agent.arn)).containerInstances).toMatchObject([
      {
        status: 'ACTIVE',
        agentConnected: true,
        runningTasksCount: 1,
        capacityProviderName: hosts,
        registeredResources: [
          { name: 'CPU', integerValue: 2048 },
          { name: 'MEMORY', integerValue: 3800 },
        ],
        remainingResources: [
          { name: 'CPU', integerValue: 1536 },
          { name: 'MEMORY', integerValue: 2776 },
        ],
      },
    ]);
    expect((await run()).lastStatus).toBe('PENDING');
    expect((await run()).lastStatus).toBe('PENDING');
    expect((await run()).lastStatus).toBe('PROVISIONING');
  });

  test('whose agent is silent, lacks an attribute, or is full is a failure when nobody scales', async () => {
    await bench.call('UpdateCapacityProvider', {
      name: hosts,
      autoScalingGroupProvider: {
        managedScaling: { status: 'DISABLED' },
        managedTerminationProtection: 'DISABLED',
      },
    });
    const launch = (change: object = {}) =>
      bench.start({
        taskDefinition: 'muster-dev-rule-small-ec2',
        capacityProviderStrategy: strategy,
        networkConfiguration: undefined,
        ...change,
      });
    const small = await startHost({ cpu: 256 });
    expect((await launch()).failures).toEqual([{ arn: small.agent.arn, reason: 'RESOURCE:CPU' }]);
    await aws.local('PUT', 'options', { ecsAgentLostSeconds: 0 });
    expect((await launch()).failures).toEqual([{ arn: small.agent.arn, reason: 'AGENT' }]);
    await aws.local('PUT', 'options', { ecsAgentLostSeconds: 60 });
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [small.instanceId] }));
    await new IAMClient(aws.client).send(
      new CreateRoleCommand({ RoleName: 'task', AssumeRolePolicyDocument: ECS_TRUST }),
    );
    const taskRoleArn = 'arn:aws:iam::123456789012:role/task';
    await bench.define('ec2', {}, { taskRoleArn });
    const less = await startHost({
      attributes: { 'com.amazonaws.ecs.capability.logging-driver.awslogs': '' },
    });
    expect((await launch()).failures).toEqual([{ arn: less.agent.arn, reason: 'ATTRIBUTE' }]);
  });
});

describe('managed scaling', () => {
  test('launches for tasks that wait, protects what has tasks, and lets idle instances go', async () => {
    const tasks = [await run(), await run(), await run(), await run()];
    expect(tasks.map(({ lastStatus }) => lastStatus)).toEqual(Array(4).fill('PROVISIONING'));
    // An m7i.large has 2048 units of CPU and 8192 MiB: four tasks of 512 and 1024.
    const [host] = await inService(1);
    const agent = agentOf(host?.InstanceId ?? '');
    await agent.register({ cpu: 1024 });
    const placed = (await agent.poll()).tasks;
    expect(placed).toHaveLength(2);
    for (const task of placed) await agent.report(task, 'RUNNING');

    const hosts = await inService(2);
    const other = agentOf(hosts.find(({ InstanceId }) => InstanceId !== host?.InstanceId)?.InstanceId ?? '');
    await other.register({ cpu: 1024 });
    const rest = (await other.poll()).tasks;
    for (const task of rest) await other.report(task, 'RUNNING');
    expect(rest.map(({ taskArn }) => taskArn).sort()).toEqual(
      tasks
        .map(({ taskArn }) => taskArn)
        .filter((arn) => !placed.some(({ taskArn }) => taskArn === arn))
        .sort(),
    );

    for (const task of placed) await agent.report(task, 'STOPPED');
    const left = await inService(1);
    expect(left).toMatchObject([{ ProtectedFromScaleIn: true }]);
    expect(left[0]?.InstanceId).not.toBe(host?.InstanceId);
    for (const task of rest) await other.report(task, 'STOPPED');
    await inService(0);
    expect(await fleet.group()).toMatchObject({ DesiredCapacity: 0 });
  });

  test('launches nothing for a task that no instance can take, nor beyond the most', async () => {
    await bench.define('ec2', {}, { memory: '65536' });
    const large = await run();
    await until('it was seen', async () =>
      (await fleet.events()).some(({ event }) => event === 'task-too-large'),
    );
    expect((await bench.read(large)).lastStatus).toBe('PROVISIONING');
    expect(await fleet.group()).toMatchObject({ DesiredCapacity: 0 });
    await bench.define('ec2', {}, { cpu: '2048', memory: '8000' });
    for (let count = 0; count < 5; count++) await run();
    await inService(3);
    expect(await fleet.group()).toMatchObject({ DesiredCapacity: 3, MaxSize: 3 });
  });

  test('begins with two instances, as AWS says of itself', async () => {
    await aws.local('PUT', 'options', { ecsFirstStep: 2 });
    await run();
    await inService(2);
  });

  test('a task that waits can be stopped, and nothing is launched for it', async () => {
    await fleet.group();
    await aws.local('PUT', 'options', { ecsScalingSeconds: 60 });
    const task = await run();
    await bench.stop(task, 'not needed');
    await bench.reach(task, 'STOPPED');
    await aws.local('POST', 'clock', { advanceSeconds: 61 });
    expect(await fleet.group()).toMatchObject({ DesiredCapacity: 0 });
  });
});

test('a provider with managed termination protection needs a group that protects its instances', async () => {
  await account.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'bare',
      MinSize: 0,
      MaxSize: 1,
      VPCZoneIdentifier: account.subnets,
      LaunchTemplate: { LaunchTemplateId: account.templateId, Version: '$Latest' },
    }),
  );
  const create = (name: string) =>
    bench.call('CreateCapacityProvider', {
      name,
      autoScalingGroupProvider: {
        autoScalingGroupArn: 'bare',
        managedScaling: { status: 'ENABLED' },
        managedTerminationProtection: 'ENABLED',
      },
    });
  await expect(create('bare')).rejects.toThrow(/protection from scale in enabled/);
});

test('changes of a task are events', async () => {
  const functions = await prepareFunctions(aws);
  const listener = await functions.makeListener();
  const pattern = {
    source: ['aws.ecs'],
    'detail-type': ['ECS Task State Change'],
    detail: { lastStatus: ['STOPPED'] },
  };
  const { RuleArn } = await callAws<{ RuleArn: string }>(aws, 'events', 'PutRule', {
    Name: 'stopped',
    EventPattern: JSON.stringify(pattern),
  });
  await listener.allow('events.amazonaws.com', RuleArn);
  await callAws(aws, 'events', 'PutTargets', { Rule: 'stopped', Targets: [{ Id: 'it', Arn: listener.arn }] });
  await bench.define('fargate');
  const { tasks } = await bench.call<Started>('RunTask', bench.request());
  const task = tasks[0] as Task;
  await bench.reach(task, 'RUNNING');
  await aws.local('POST', `ecs/tasks/${idOf(task)}/exit`, { code: 1 });
  const [event] = await listener.hears<{ detail: Record<string, unknown> }>(1);
  expect(event).toMatchObject({
    'detail-type': 'ECS Task State Change',
    resources: [task.taskArn],
    detail: {
      taskArn: task.taskArn,
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      startedBy: 'muster-dev-rule-1-00000000',
      containers: [{ exitCode: 1 }],
      stoppedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  });
  expect(event?.detail).not.toHaveProperty('tags');
});
