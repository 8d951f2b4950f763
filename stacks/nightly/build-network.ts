/**
 * Where the nightly build runs: outside of any VPC, reaching builders at their public address, unless the network is an
 * existing one without those. Then it stands in the subnets of the instances and reaches builders by their private address.
 */
import type { CodebuildProjectVpcConfig } from '@cdktf/provider-aws/lib/codebuild-project';
import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { Config } from '../../config/schema';
import type { Network } from '../network/network';

export interface BuildNetworkProps {
  config: Config;
  network: Network;
}

/** Subnets that the build itself stands in; none: it stands outside. */
export const toBuildSubnets = ({ network }: Config): string[] =>
  network.kind === 'existing' && !network.publicIp ? network.subnetIds : [];

export class BuildNetwork extends Construct {
  readonly vpcConfig: CodebuildProjectVpcConfig | undefined;
  /** Comma-separated ranges that the build connects from, for builders without a public address. */
  readonly builderSources: string | undefined;

  constructor(scope: Construct, id: string, { config, network }: BuildNetworkProps) {
    super(scope, id);
    const subnets = toBuildSubnets(config);
    if (subnets.length === 0) return;
    this.vpcConfig = { vpcId: network.vpcId, subnets, securityGroupIds: [network.securityGroupId] };
    this.builderSources = Fn.join(
      ',',
      subnets.map((id) => new DataAwsSubnet(this, id, { id }).cidrBlock),
    );
  }
}
