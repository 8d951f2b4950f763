/**
 * Instances for tasks of the mode ec2: a group like a fleet's, with the same hooks, drain and image, but sized by ECS as
 * its capacity provider: as many as the tasks need, none without tasks.
 */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EcsCapacityProvider } from '@cdktf/provider-aws/lib/ecs-capacity-provider';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { CONTAINER_HOSTS, groupName, instanceLogGroup, TAGS } from '../../config/names';
import type { Config, GithubEcsConfig, HostsConfig } from '../../config/schema';
import { FleetLaunchTemplate } from '../fleet/fleet-launch-template';
import { LAUNCHING_HEARTBEAT } from '../fleet/hooks';
import { InstanceRole } from '../fleet/instance-role';
import type { PromotedImage } from '../fleet/promoted-images';
import type { Network } from '../network/network';
import { HostsGroup } from './hosts-group';
import { toHostsStatements } from './hosts-statements';
import { toHostsEnvironment } from './to-hosts-environment';

export interface ContainerHostsProps {
  config: Config;
  githubEcs: GithubEcsConfig;
  hosts: HostsConfig;
  network: Network;
  /** The promoted one of `hosts.image`. */
  image: PromotedImage;
  /** The cluster, which has to outlive its hosts: they deregister from it when they drain. */
  cluster: ITerraformDependable[];
  /** What leads instances out. */
  drain: ITerraformDependable[];
}

export class ContainerHosts extends Construct {
  readonly capacityProviderName: string;
  /** What the cluster's capacity providers need, and whatever acts on the hosts. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ContainerHostsProps) {
    super(scope, id);
    const { config, githubEcs, hosts, network, image, cluster, drain } = props;
    const { environment, organization, scaler } = config;
    const key = organization.kmsKeyArn;
    const tags = { ...hosts.tags, [TAGS.fleet]: CONTAINER_HOSTS };
    const name = groupName(environment, CONTAINER_HOSTS);

    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: instanceLogGroup(environment, CONTAINER_HOSTS),
      retentionInDays: scaler.logDays,
      ...(key ? { kmsKeyId: key } : {}),
      tags,
    });
    const role = new InstanceRole(this, 'role', {
      config,
      name: CONTAINER_HOSTS,
      statements: toHostsStatements(config, hosts),
      tags,
    });
    const template = new FleetLaunchTemplate(this, 'template', {
      config,
      fleet: { name: CONTAINER_HOSTS, tags: hosts.tags, diskGb: hosts.diskGb },
      bootEnvironment: toHostsEnvironment(config, githubEcs, hosts),
      network,
      image,
      instanceProfile: role.instanceProfile,
    });
    const group = new HostsGroup(this, 'group', {
      config,
      githubEcs,
      hosts,
      subnetIds: network.subnetIds,
      launchTemplateId: template.id,
      // What a host needs in order to drain has to outlive the group.
      needs: [...role.ready, logs, ...network.ready, ...cluster, ...drain],
    });
    const provider = new EcsCapacityProvider(this, 'provider', {
      name,
      autoScalingGroupProvider: {
        autoScalingGroupArn: group.arn,
        managedScaling: {
          status: 'ENABLED',
          // No spare host: a task that finds no room waits for the boot of one.
          targetCapacity: 100,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: hosts.max,
          instanceWarmupPeriod: LAUNCHING_HEARTBEAT,
        },
        // A host with a task is not chosen when the group shrinks.
        managedTerminationProtection: 'ENABLED',
        // The hook of all our groups drains, with heartbeats for as long as a job takes.
        managedDraining: 'DISABLED',
      },
      tags,
    });
    this.capacityProviderName = provider.name;
    this.ready = [...group.ready, provider];
  }
}
