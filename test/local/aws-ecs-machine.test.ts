/** The local ECS and a real machine: its managed scaling launches a host for a task, and the host runs it with real docker. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { readConfig } from '../../config/load';
import { type Cloud, startCloud } from '../../local/cloud';
import { PROJECT_DIR } from '../../local/cloud/layout';
import { bakeImage } from '../../local/machines/bake';
import { toUserData } from '../../stacks/boot-environment';
import { describeAsRoot } from '../as-root';
import { ecsEnvironment } from '../provision/machine/ecs';
import { bootEnvironment } from '../provision/machine/machine';
import { BAKE_MS } from '../provision/machine/rootfs';
import { makeTinyImage } from '../provision/machine/tiny-image';
import { LAUNCHING, prepareAccount, TERMINATING } from './aws-fleet';
import { callAws } from './call-aws';
import { until } from './until';

const MINUTES = 60_000;
const REGION = 'eu-central-1';
const CLUSTER = 'muster-test';
const HOSTS = 'muster-test-github-hosts';
const IMAGE = 'example.org/tiny:1';

interface Task {
  taskArn: string;
  lastStatus: string;
  stoppedReason?: string;
  containers: { exitCode?: number }[];
}

/** As that of an environment with hosts. */
async function bakeHosts(): Promise<string> {
  const config = readConfig({ environment: 'local', directory: join(PROJECT_DIR, 'config') });
  const { runner } = config.images;
  if (!runner) throw new Error('config/local.yaml defines no image runner: this test bakes one like it.');
  const definition = { ...runner, agents: ['ecs' as const], toolchains: ['git' as const, 'docker' as const] };
  const image = { environment: 'local', image: 'hosts', definition, onLog: () => undefined };
  return (await bakeImage(image)).rootfs;
}

describeAsRoot('a host of containers that is a machine', () => {
  let cloud: Cloud;
  let runDir: string;
  let rootfs: string;
  beforeAll(async () => {
    rootfs = process.env.MUSTER_TEST_HOSTS_ROOTFS ?? (await bakeHosts());
    runDir = mkdtempSync(join(tmpdir(), 'muster-hosts-'));
    cloud = await startCloud({ runDir });
  }, BAKE_MS);
  afterAll(async () => {
    await cloud?.stop();
    rmSync(runDir, { recursive: true, force: true });
  });

  const client = () => ({
    endpoint: cloud.awsEndpointUrl,
    region: REGION,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
    maxAttempts: 1,
  });
  const ecs = <Answer>(operation: string, body: object) =>
    callAws<Answer>({ url: cloud.awsEndpointUrl, client: client() }, 'ecs', operation, {
      cluster: CLUSTER,
      ...body,
    });
  const local = (method: string, path: string, body: object) =>
    fetch(`${cloud.awsEndpointUrl}/_local/${path}`, { method, body: JSON.stringify(body) });
  const readTask = async (taskArn: string) => {
    const { tasks } = await ecs<{ tasks: Task[] }>('DescribeTasks', { tasks: [taskArn] });
    return tasks[0];
  };

  /** A group that begins empty, as the stack makes it, whose instances boot the image. */
  async function makeGroup(): Promise<string> {
    const [ec2, groups] = [new EC2Client(client()), new AutoScalingClient(client())];
    const { subnets } = await prepareAccount({ client: client() });
    const Tags = [{ Key: 'local:rootfs', Value: rootfs }];
    const { ImageId } = await ec2.send(
      new RegisterImageCommand({ Name: 'hosts', TagSpecifications: [{ ResourceType: 'image', Tags }] }),
    );
    const environment = { ...bootEnvironment, ...ecsEnvironment, MUSTER_GROUP: HOSTS, MUSTER_REGION: REGION };
    await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: 'hosts',
        LaunchTemplateData: {
          ImageId,
          InstanceType: 'm7i.large',
          InstanceInitiatedShutdownBehavior: 'terminate',
          IamInstanceProfile: { Name: 'fleet-instance' },
          UserData: Buffer.from(toUserData(environment)).toString('base64'),
        },
      }),
    );
    await groups.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: HOSTS,
        MinSize: 0,
        MaxSize: 1,
        NewInstancesProtectedFromScaleIn: true,
        LaunchTemplate: { LaunchTemplateName: 'hosts', Version: '$Latest' },
        VPCZoneIdentifier: subnets,
        LifecycleHookSpecificationList: [
          { ...LAUNCHING, LifecycleHookName: environment.MUSTER_LAUNCHING_HOOK },
          { ...TERMINATING, LifecycleHookName: environment.MUSTER_TERMINATING_HOOK },
        ],
      }),
    );
    const { AutoScalingGroups = [] } = await groups.send(new DescribeAutoScalingGroupsCommand({}));
    return AutoScalingGroups[0]?.AutoScalingGroupARN ?? '';
  }

  test(
    'comes for a task, runs it, and goes when no task is left: drained, deregistered, and nobody waits for it',
    async () => {
      const archive = makeTinyImage(rootfs, join(runDir, 'tiny'), ['/usr/bin/bash', '/usr/bin/sleep']);
      await local('PUT', 'options', {
        ecsScalingSeconds: 1,
        ecsScaleInSeconds: 5,
        ecsFirstStep: 1,
        ecsImages: { [IMAGE]: `docker-archive:${archive}` },
      });
      const autoScalingGroupArn = await makeGroup();
      await ecs('CreateCapacityProvider', {
        name: HOSTS,
        autoScalingGroupProvider: {
          autoScalingGroupArn,
          managedScaling: { status: 'ENABLED', targetCapacity: 100 },
          managedTerminationProtection: 'ENABLED',
          managedDraining: 'DISABLED',
        },
      });
      await ecs('CreateCluster', { clusterName: CLUSTER });
      await ecs('PutClusterCapacityProviders', {
        capacityProviders: [HOSTS],
        defaultCapacityProviderStrategy: [],
      });
      await ecs('RegisterTaskDefinition', {
        family: 'hello',
        networkMode: 'bridge',
        requiresCompatibilities: ['EC2'],
        containerDefinitions: [
          {
            ...{ name: 'runner', image: IMAGE, memory: 64, essential: true, stopTimeout: 20 },
            ...{
              entryPoint: ['/usr/bin/bash', '-c'],
              command: ['echo hello; sleep 5; exit 4'],
              user: '1001',
            },
          },
        ],
      });
      const { tasks, failures } = await ecs<{ tasks: Task[]; failures: object[] }>('RunTask', {
        taskDefinition: 'hello',
        capacityProviderStrategy: [{ capacityProvider: HOSTS, weight: 1 }],
      });
      expect(failures).toEqual([]);
      const [{ taskArn = '' } = {}] = tasks;
      const ended = await until(
        'the task has ended',
        () => readTask(taskArn),
        (task) => task?.lastStatus === 'STOPPED',
        300,
      );
      expect(ended).toMatchObject({
        stoppedReason: 'Essential container in task exited',
        containers: [{ exitCode: 4 }],
      });
      const read = () => new AutoScalingClient(client()).send(new DescribeAutoScalingGroupsCommand({}));
      await until(
        'the host is gone',
        read,
        ({ AutoScalingGroups = [] }) =>
          AutoScalingGroups[0]?.DesiredCapacity === 0 && AutoScalingGroups[0].Instances?.length === 0,
        180,
      );
      const { containerInstanceArns } = await ecs<{ containerInstanceArns: string[] }>(
        'ListContainerInstances',
        {},
      );
      expect(containerInstanceArns).toEqual([]);
      const { calls } = (await (await fetch(`${cloud.awsEndpointUrl}/_local/calls?since=0`)).json()) as {
        calls: { principal: string; service: string; operation: string }[];
      };
      const own = calls.filter(
        ({ principal, service }) => principal === 'fleet-instance' && service === 'ecs',
      );
      expect([...new Set(own.map(({ operation }) => operation))].sort()).toEqual([
        'DeregisterContainerInstance',
        'DescribeClusters',
        'DescribeContainerInstances',
        'Poll',
        'RegisterContainerInstance',
        'SubmitTaskStateChange',
        'UpdateContainerInstancesState',
      ]);
    },
    10 * MINUTES,
  );
});
