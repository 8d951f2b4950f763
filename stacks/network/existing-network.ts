/** A VPC that somebody else runs: Muster adds one security group and changes nothing. */
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { NetworkConfig } from '../../config/schema';
import { InstanceSecurityGroup } from './instance-security-group';
import type { Network } from './network';

export interface ExistingNetworkProps {
  environment: string;
  network: Extract<NetworkConfig, { kind: 'existing' }>;
}

export class ExistingNetwork extends Construct implements Network {
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly securityGroupId: string;
  readonly publicIp: boolean;
  readonly ready: ITerraformDependable[] = [];

  constructor(scope: Construct, id: string, { environment, network }: ExistingNetworkProps) {
    super(scope, id);
    this.vpcId = network.vpcId;
    this.subnetIds = network.subnetIds;
    this.publicIp = network.publicIp;
    this.securityGroupId = new InstanceSecurityGroup(this, 'instances', {
      environment,
      vpcId: network.vpcId,
    }).id;
  }
}
