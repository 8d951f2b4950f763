/** How many hosts there can be. How many there are is ECS's business: a capacity provider sizes the group. */
import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { DRAIN_MARGIN_MINUTES } from '../../config/drain-margin';
import { toTaskLimitMinutes } from '../../config/groups';
import { CONTAINER_HOSTS, groupName } from '../../config/names';
import type { Config, GithubEcsConfig, HostsConfig } from '../../config/schema';
import { toMixture } from '../fleet/fleet-group';
import { toFleetTags } from '../fleet/fleet-tags';
import { LAUNCHING, toTerminating } from '../fleet/hooks';

export interface HostsGroupProps {
  config: Config;
  githubEcs: GithubEcsConfig;
  hosts: HostsConfig;
  subnetIds: string[];
  launchTemplateId: string;
  /** What hosts need in order to start and to drain. */
  needs: ITerraformDependable[];
}

/** ECS puts it on the group of a capacity provider; absent here, each deploy would take it away. */
const ECS_TAG = { AmazonECSManaged: 'true' };

export class HostsGroup extends Construct {
  readonly arn: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: HostsGroupProps) {
    super(scope, id);
    const { config, githubEcs, hosts, subnetIds, launchTemplateId, needs } = props;
    const tags = { ...toFleetTags(config, { name: CONTAINER_HOSTS, tags: hosts.tags }), ...ECS_TAG };
    const group = new AutoscalingGroup(this, 'group', {
      name: groupName(config.environment, CONTAINER_HOSTS),
      vpcZoneIdentifier: subnetIds,
      minSize: 0,
      maxSize: hosts.max,
      ...toMixture(hosts, launchTemplateId),
      initialLifecycleHook: [LAUNCHING, toTerminating(config)],
      // What ECS asks for where it manages the protection (managed_termination_protection).
      protectFromScaleIn: true,
      // Behind what a host does by itself when it is too old (MUSTER_MAX_AGE), for one that does nothing any more.
      maxInstanceLifetime: (hosts.maxLifetimeDays + 1) * 24 * 3600,
      // Rebalancing terminates a running instance to even out the zones.
      suspendedProcesses: ['AZRebalance'],
      // It launches before it terminates, beyond the maximum.
      capacityRebalance: false,
      // The group starts empty: there is nothing to wait for.
      waitForCapacityTimeout: '0',
      tag: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      // Deleting the group drains it.
      timeouts: { delete: `${toTaskLimitMinutes(githubEcs) + DRAIN_MARGIN_MINUTES}m` },
      lifecycle: { ignoreChanges: ['desired_capacity', 'initial_lifecycle_hook'] },
      dependsOn: needs,
    });
    this.arn = group.arn;
    this.ready = [group];
  }
}
