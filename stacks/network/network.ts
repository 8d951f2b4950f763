/** What the rest needs to know of the network that instances live in. */
import type { ITerraformDependable } from 'cdktf';

export interface Network {
  readonly vpcId: string;
  /** Subnets of the instances. */
  readonly subnetIds: string[];
  /** Security group of the instances: nothing comes in. */
  readonly securityGroupId: string;
  /** Whether an instance needs a public address to reach anything. */
  readonly publicIp: boolean;
  /** Routes and endpoints: without them an instance can neither start nor drain. */
  readonly ready: ITerraformDependable[];
}
