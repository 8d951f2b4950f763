/** A perfect group to change one thing of: image, network, role, launch template, hooks, and shorthands to look at it. */
import {
  type Activity,
  AutoScalingClient,
  type AutoScalingGroup,
  CompleteLifecycleActionCommand,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  type Instance,
  type LifecycleHookSpecification,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import type { LocalAws } from './start-local-aws';
import { until } from './until';

export const LAUNCHING: LifecycleHookSpecification = {
  LifecycleHookName: 'launching',
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  HeartbeatTimeout: 180,
  DefaultResult: 'ABANDON',
};
export const TERMINATING: LifecycleHookSpecification = {
  LifecycleHookName: 'terminating',
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
  HeartbeatTimeout: 1800,
  DefaultResult: 'CONTINUE',
};

export interface CloudEvent {
  n: number;
  group: string | null;
  instanceId: string | null;
  event: string;
  detail: Record<string, unknown>;
}

let groups = 0;
const made: string[] = [];

/** Groups that are left waiting in hooks would launch for ever while a test moves the clock. */
export async function deleteFleets(account: Account): Promise<void> {
  for (const name of made.splice(0))
    await account.autoScaling
      .send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name, ForceDelete: true }))
      .catch((error) => {
        if (error.name !== 'ValidationError') throw error; // deleted by its test
      });
}

export async function prepareAccount(aws: Pick<LocalAws, 'client'>) {
  const ec2 = new EC2Client(aws.client);
  const iam = new IAMClient(aws.client);
  const image = await ec2.send(
    new RegisterImageCommand({
      Name: 'runner',
      RootDeviceName: '/dev/xvda',
      TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'local:rootfs', Value: '/rootfs' }] }],
    }),
  );
  const vpc = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.87.0.0/16' }));
  const subnets = [];
  for (const [index, zone] of ['eu-central-1a', 'eu-central-1b'].entries()) {
    const made = await ec2.send(
      new CreateSubnetCommand({
        VpcId: vpc.Vpc?.VpcId,
        CidrBlock: `10.87.${index * 16}.0/20`,
        AvailabilityZone: zone,
      }),
    );
    subnets.push(made.Subnet?.SubnetId);
  }
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'fleet-instance',
      AssumeRolePolicyDocument: '{"Version":"2012-10-17"}',
    }),
  );
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'fleet-instance' }));
  await iam.send(
    new AddRoleToInstanceProfileCommand({
      InstanceProfileName: 'fleet-instance',
      RoleName: 'fleet-instance',
    }),
  );
  const template = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'fleet',
      LaunchTemplateData: {
        ImageId: image.ImageId,
        InstanceType: 'm7i.large',
        InstanceInitiatedShutdownBehavior: 'terminate',
        IamInstanceProfile: { Name: 'fleet-instance' },
        UserData: Buffer.from('MUSTER_FLEET=linux\n').toString('base64'),
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'from', Value: 'template' }] }],
      },
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'of', Value: 'template' }] }],
    }),
  );
  return {
    ec2,
    autoScaling: new AutoScalingClient(aws.client),
    imageId: image.ImageId ?? '',
    templateId: template.LaunchTemplate?.LaunchTemplateId ?? '',
    subnets: subnets.join(','),
  };
}

export type Account = Awaited<ReturnType<typeof prepareAccount>>;
export type Fleet = Awaited<ReturnType<typeof makeFleet>>;

/** Of these types, so many in a hundred on demand and the others spot. */
export const makeMixedFleet = (aws: LocalAws, account: Account, onDemandPercent: number, types: string[]) =>
  makeFleet(aws, account, {
    LaunchTemplate: undefined,
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: account.templateId, Version: '$Latest' },
        Overrides: types.map((InstanceType) => ({ InstanceType })),
      },
      InstancesDistribution: {
        OnDemandBaseCapacity: 0,
        OnDemandPercentageAboveBaseCapacity: onDemandPercent,
        OnDemandAllocationStrategy: 'prioritized',
        SpotAllocationStrategy: 'price-capacity-optimized',
      },
    },
  });

export async function makeFleet(
  aws: LocalAws,
  account: Account,
  change: Partial<CreateAutoScalingGroupCommandInput> = {},
) {
  const { autoScaling } = account;
  const name = `fleet-${++groups}`;
  made.push(name);
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize: 3,
      LaunchTemplate: { LaunchTemplateId: account.templateId, Version: '$Latest' },
      VPCZoneIdentifier: account.subnets,
      LifecycleHookSpecificationList: [LAUNCHING, TERMINATING],
      Tags: [{ Key: 'muster:fleet', Value: 'linux', PropagateAtLaunch: true }],
      ...change,
    }),
  );
  const group = async (): Promise<AutoScalingGroup> => {
    const answer = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
    );
    const found = answer.AutoScalingGroups?.[0];
    if (!found) throw new Error(`${name} is gone`);
    return found;
  };
  const instances = async (): Promise<Instance[]> => (await group()).Instances ?? [];
  const complete = (
    instance: Pick<Instance, 'InstanceId'> | undefined,
    hook: 'launching' | 'terminating',
    result: 'CONTINUE' | 'ABANDON' = 'CONTINUE',
  ) =>
    autoScaling.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName: name,
        LifecycleHookName: hook,
        InstanceId: instance?.InstanceId,
        LifecycleActionResult: result,
      }),
    );
  const desire = (size: number) =>
    autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: size }));
  return {
    name,
    group,
    instances,
    complete,
    desire,
    states: async () => (await instances()).map((instance) => instance.LifecycleState).sort(),
    activities: async (): Promise<Activity[]> =>
      (await autoScaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name })))
        .Activities ?? [],
    events: async (): Promise<CloudEvent[]> => {
      const { events } = await aws.local<{ events: CloudEvent[] }>('GET', 'events?since=0');
      return events.filter((event) => event.group === name);
    },
    /** Brings it to `size` instances in service. */
    fill: async (size: number): Promise<Instance[]> => {
      await desire(size);
      for (const instance of await instances())
        if (instance.LifecycleState === 'Pending:Wait') await complete(instance, 'launching');
      return until('all in service', instances, (all) =>
        all.every((instance) => instance.LifecycleState === 'InService'),
      );
    },
  };
}
