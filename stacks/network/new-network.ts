/**
 * A VPC over several zones. Public subnets: instances have an address of their own (cheapest: no NAT; nothing
 * can connect to them). Private subnets: NAT gateways carry the traffic, or, without NAT, interface endpoints
 * reach the AWS services that instances use and a proxy the rest.
 */
import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones';
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { Fn, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { NetworkConfig } from '../../config/schema';
import { InstanceSecurityGroup } from './instance-security-group';
import { InterfaceEndpoints } from './interface-endpoints';
import type { Network } from './network';
import { PrivateSubnets } from './private-subnets';
import { PublicSubnets } from './public-subnets';

export interface NewNetworkProps {
  environment: string;
  region: string;
  network: Extract<NetworkConfig, { kind: 'new' }>;
  /** Whether our Lambdas live in it too. */
  lambdas: boolean;
}

/** Of the 16 blocks of the range the first 8 are for instances by zone, the others for the NAT gateways. */
const FIRST_NAT_BLOCK = 8;

export class NewNetwork extends Construct implements Network {
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly securityGroupId: string;
  readonly publicIp: boolean;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { environment, region, network, lambdas }: NewNetworkProps) {
    super(scope, id);
    const name = `muster-${environment}`;
    const vpc = new Vpc(this, 'vpc', {
      cidrBlock: network.cidr,
      // Private DNS of interface endpoints needs both.
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: name },
    });
    // Whatever lands in the default group by mistake can talk to nobody.
    new DefaultSecurityGroup(this, 'default', {
      vpcId: vpc.id,
      ingress: [],
      egress: [],
      tags: { Name: `${name}-default-unused` },
    });
    this.vpcId = vpc.id;
    this.securityGroupId = new InstanceSecurityGroup(this, 'instances', { environment, vpcId: vpc.id }).id;

    const zones = this.readZones(network.zones);
    const range = { name, vpcId: vpc.id, cidr: network.cidr };
    const publicSubnets =
      network.subnets === 'public'
        ? new PublicSubnets(this, 'public', { ...range, zones, firstBlock: 0 })
        : network.nat === 'none'
          ? undefined
          : new PublicSubnets(this, 'public', {
              ...range,
              zones: network.nat === 'one' ? zones.slice(0, 1) : zones,
              firstBlock: FIRST_NAT_BLOCK,
            });
    const privateSubnets =
      network.subnets === 'private'
        ? new PrivateSubnets(this, 'private', { ...range, zones, firstBlock: 0, exits: publicSubnets })
        : undefined;
    const subnets = privateSubnets ?? publicSubnets;
    if (!subnets) throw new Error(`A network needs subnets, but has ${network.subnets}.`);

    // Free, and keeps S3 traffic (package mirrors, agent downloads, caches) off the NAT's bill.
    const s3 = new VpcEndpoint(this, 's3', {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: subnets.routeTableIds,
      tags: { Name: `${name}-s3` },
    });
    const endpoints =
      privateSubnets && !publicSubnets
        ? new InterfaceEndpoints(this, 'endpoints', {
            environment,
            region,
            vpcId: vpc.id,
            subnetIds: privateSubnets.subnetIds,
            clientSecurityGroupId: this.securityGroupId,
            lambdas,
          })
        : undefined;
    this.subnetIds = subnets.subnetIds;
    this.publicIp = network.subnets === 'public';
    this.ready = [...(publicSubnets?.ready ?? []), ...subnets.ready, s3, ...(endpoints?.ready ?? [])];
  }

  private readZones(count: number): string[] {
    const data = new DataAwsAvailabilityZones(this, 'zones', {
      state: 'available',
      // Local and wavelength zones have to be opted in to; they lack most instance types.
      filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
    });
    return Array.from({ length: count }, (_, index) => Fn.element(data.names, index));
  }
}
