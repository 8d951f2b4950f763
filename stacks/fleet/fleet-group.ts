/**
 * How many instances there can be. How many there are is the scaler's, the schedule's and the instances' business:
 * a deploy never resizes a live fleet.
 */
import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { groupName, LAUNCHING_HOOK, TERMINATING_HOOK } from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';
import { toFleetTags } from './fleet-tags';
import { LAUNCHING_HEARTBEAT, TERMINATING_HEARTBEAT } from './hooks';

export interface FleetGroupProps {
  config: Config;
  fleet: FleetConfig;
  subnetIds: string[];
  launchTemplateId: string;
  /** What instances need in order to start and to drain. */
  needs: ITerraformDependable[];
}

/** Beyond the longest job: the agent's shutdown, the end of the journal and AWS's own termination. */
const DELETE_MARGIN_MINUTES = 30;

export class FleetGroup extends Construct {
  readonly name: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: FleetGroupProps) {
    super(scope, id);
    const { config, fleet, subnetIds, launchTemplateId, needs } = props;
    const group = new AutoscalingGroup(this, 'group', {
      name: groupName(config.environment, fleet.name),
      vpcZoneIdentifier: subnetIds,
      // AWS refuses a leaving instance's decrement at the minimum; warm capacity is the scaler's.
      minSize: 0,
      maxSize: fleet.max,
      mixedInstancesPolicy: {
        launchTemplate: {
          // The newest version: a promotion reaches the fleet without a deploy.
          launchTemplateSpecification: { launchTemplateId, version: '$Latest' },
          override: fleet.instanceTypes.map((instanceType) => ({ instanceType })),
        },
        instancesDistribution: {
          onDemandBaseCapacity: 0,
          onDemandPercentageAboveBaseCapacity: 100 - fleet.spotPercent,
          // In the order of the config.
          onDemandAllocationStrategy: 'prioritized',
          // AWS's default, lowest-price, is reclaimed most often.
          spotAllocationStrategy: 'price-capacity-optimized',
        },
      },
      initialLifecycleHook: [
        {
          name: LAUNCHING_HOOK,
          lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
          heartbeatTimeout: LAUNCHING_HEARTBEAT,
          // An instance that never says it is ready is replaced.
          defaultResult: 'ABANDON',
        },
        {
          name: TERMINATING_HOOK,
          lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
          heartbeatTimeout: TERMINATING_HEARTBEAT,
          // Both results terminate.
          defaultResult: 'CONTINUE',
        },
      ],
      // Rebalancing terminates a running instance to even out the zones.
      suspendedProcesses: ['AZRebalance'],
      // It launches before it terminates, beyond the maximum.
      capacityRebalance: false,
      // The group starts empty: there is nothing to wait for.
      waitForCapacityTimeout: '0',
      tag: Object.entries(toFleetTags(config, fleet)).map(([key, value]) => ({
        key,
        value,
        propagateAtLaunch: true,
      })),
      // Deleting the group drains it.
      timeouts: { delete: `${fleet.jobLimitMinutes + DELETE_MARGIN_MINUTES}m` },
      lifecycle: {
        // A change of an initial hook would replace the group.
        ignoreChanges: ['desired_capacity', 'initial_lifecycle_hook'],
      },
      dependsOn: needs,
    });
    this.name = group.name;
    this.ready = [group];
  }
}
