/** A cluster of the local AWS with a task definition for each way of launching, and what tests do with tasks. */
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { callAws } from './call-aws';
import type { LocalAws } from './start-local-aws';
import { until } from './until';

export interface Task {
  taskArn: string;
  lastStatus: string;
  desiredStatus: string;
  launchType: string;
  capacityProviderName?: string;
  containerInstanceArn?: string;
  startedBy?: string;
  stopCode?: string;
  stoppedReason?: string;
  tags?: { key: string; value: string }[];
  containers: {
    name: string;
    lastStatus: string;
    exitCode?: number;
    reason?: string;
    imageDigest?: string;
  }[];
  attachments: { details: { name: string; value: string }[] }[];
}

export interface Started {
  tasks: Task[];
  failures: { arn?: string; reason: string }[];
}

export const CLUSTER = 'muster-dev';
/** Of roles for tasks. */
export const ECS_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});
export const idOf = ({ taskArn }: Task) => taskArn.split('/').pop() ?? '';

export class EcsBench {
  private constructor(
    private readonly aws: LocalAws,
    readonly subnet: string,
    readonly cluster: string,
  ) {}

  static async make(
    aws: LocalAws,
    capacityProviders = ['FARGATE', 'FARGATE_SPOT'],
    cluster = CLUSTER,
  ): Promise<EcsBench> {
    const ec2 = new EC2Client(aws.client);
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.87.0.0/16' }));
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.87.16.0/20' }),
    );
    const bench = new EcsBench(aws, Subnet?.SubnetId ?? '', cluster);
    await bench.call('CreateCluster', { clusterName: cluster });
    await bench.call('PutClusterCapacityProviders', {
      cluster,
      capacityProviders,
      defaultCapacityProviderStrategy: [],
    });
    return bench;
  }

  call<Answer>(operation: string, body: object): Promise<Answer> {
    return callAws<Answer>(this.aws, 'ecs', operation, body);
  }

  /** @returns the family */
  async define(launch: 'fargate' | 'ec2', container: object = {}, change: object = {}): Promise<string> {
    const family = `muster-dev-rule-small-${launch}`;
    await this.call('RegisterTaskDefinition', {
      family,
      cpu: '512',
      memory: '1024',
      requiresCompatibilities: [launch.toUpperCase()],
      networkMode: launch === 'fargate' ? 'awsvpc' : 'bridge',
      containerDefinitions: [
        { name: 'runner', image: 'example.org/runner:1', stopTimeout: 120, ...container },
      ],
      ...change,
    });
    return family;
  }

  /** What Fargate is asked for; one thing may be changed. */
  request(change: object = {}): object {
    return {
      cluster: this.cluster,
      taskDefinition: 'muster-dev-rule-small-fargate',
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      networkConfiguration: { awsvpcConfiguration: { subnets: [this.subnet] } },
      startedBy: 'muster-dev-rule-1-00000000',
      tags: [{ key: 'muster:rule', value: 'rule' }],
      ...change,
    };
  }

  start(change: object = {}): Promise<Started> {
    return this.call('RunTask', this.request(change));
  }

  async run(change: object = {}): Promise<Task> {
    const { tasks, failures } = await this.start(change);
    if (!tasks[0]) throw new Error(`No task was started: ${JSON.stringify(failures)}`);
    return tasks[0];
  }

  async read({ taskArn }: Task, include: string[] = []): Promise<Task> {
    const { tasks } = await this.call<Started>('DescribeTasks', {
      cluster: this.cluster,
      tasks: [taskArn],
      include,
    });
    if (!tasks[0]) throw new Error(`There is no ${taskArn}.`);
    return tasks[0];
  }

  reach(task: Task, status: string, seconds?: number): Promise<Task> {
    return until(
      `${status} of ${task.taskArn}`,
      () => this.read(task),
      ({ lastStatus }) => lastStatus === status,
      seconds,
    );
  }

  async list(filter: object = {}): Promise<string[]> {
    return (await this.call<{ taskArns: string[] }>('ListTasks', { cluster: this.cluster, ...filter }))
      .taskArns;
  }

  stop(task: Task, reason?: string): Promise<{ task: Task }> {
    return this.call('StopTask', { cluster: this.cluster, task: task.taskArn, reason });
  }
}
