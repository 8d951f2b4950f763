/**
 * How many instances there can be. How many there are is the scaler's, the schedule's and the instances' business:
 * a deploy never resizes a live fleet.
 */
import { AutoscalingGroup, type AutoscalingGroupConfig } from '@cdktf/provider-aws/lib/autoscaling-group';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { DRAIN_MARGIN_MINUTES } from '../../config/drain-margin';
import { groupName } from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';
import { toFleetTags } from './fleet-tags';
import { LAUNCHING, toTerminating } from './hooks';

export interface FleetGroupProps {
  config: Config;
  fleet: FleetConfig;
  subnetIds: string[];
  launchTemplateId: string;
  /** What instances need in order to start and to drain. */
  needs: ITerraformDependable[];
}

const ON_DEMAND_PERCENTAGE =
  'mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity';

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
      ...(fleet.warmPool
        ? toPool(fleet.warmPool.stopped, launchTemplateId)
        : toMixture(fleet, launchTemplateId)),
      initialLifecycleHook: [LAUNCHING, toTerminating(config)],
      // Of all: Auto Scaling never picks one. An instance protects itself while it has a job in any case.
      protectFromScaleIn: fleet.protection === 'all',
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
      timeouts: { delete: `${fleet.jobLimitMinutes + DRAIN_MARGIN_MINUTES}m` },
      lifecycle: {
        ignoreChanges: [
          'desired_capacity',
          // A change of an initial hook would replace the group; `make deploy` changes it in place (scripts/publish-hooks.ts).
          'initial_lifecycle_hook',
          // The scaler buys on demand while there is no spot capacity, and goes back to what the config says.
          ...(fleet.spotPercent > 0 ? [ON_DEMAND_PERCENTAGE] : []),
        ],
      },
      dependsOn: needs,
    });
    this.name = group.name;
    this.ready = [group];
  }
}

/** The newest version: a promotion reaches the fleet without a deploy. */
const VERSION = '$Latest';

type Launches = Pick<
  AutoscalingGroupConfig,
  'mixedInstancesPolicy' | 'launchTemplate' | 'warmPool' | 'forceDeleteWarmPool'
>;

/** Any of the fleet's types, bought as the config says. */
export function toMixture(
  { instanceTypes, spotPercent }: Pick<FleetConfig, 'instanceTypes' | 'spotPercent'>,
  launchTemplateId: string,
): Launches {
  return {
    mixedInstancesPolicy: {
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId, version: VERSION },
        override: instanceTypes.map((instanceType) => ({ instanceType })),
      },
      instancesDistribution: {
        onDemandBaseCapacity: 0,
        onDemandPercentageAboveBaseCapacity: 100 - spotPercent,
        // In the order of the config.
        onDemandAllocationStrategy: 'prioritized',
        // AWS's default, lowest-price, is reclaimed most often.
        spotAllocationStrategy: 'price-capacity-optimized',
      },
    },
  };
}

/**
 * Instances of one type, and stopped ones beside those that run. AWS's documentation of PutWarmPool long refused a pool
 * in a group with a mixed-instances policy: the launch template alone names the type. Both hooks hold on the way into
 * the pool and on the way out of it.
 */
function toPool(stopped: number, launchTemplateId: string): Launches {
  return {
    launchTemplate: { id: launchTemplateId, version: VERSION },
    warmPool: {
      poolState: 'Stopped',
      // Alike: the pool has this size however many run. Else it shrinks as the group grows, and prepares up to the
      // maximum of the group while nothing runs.
      minSize: stopped,
      maxGroupPreparedCapacity: stopped,
      // An instance that ran a job never runs one for somebody else.
      instanceReusePolicy: { reuseOnScaleIn: false },
    },
    // A stopped instance runs no job, and cannot complete the hook that its termination would wait for.
    forceDeleteWarmPool: true,
  };
}
