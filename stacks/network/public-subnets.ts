/** Subnets with a route to the internet, one per zone. */
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Fn, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

export interface SubnetsProps {
  /** Prefix of the Name tags. */
  name: string;
  vpcId: string;
  /** Range of the VPC, cut into 16 blocks; zone n gets block `firstBlock + n`. */
  cidr: string;
  firstBlock: number;
  zones: string[];
}

export class PublicSubnets extends Construct {
  readonly subnetIds: string[];
  readonly routeTableIds: string[];
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, vpcId, cidr, firstBlock, zones }: SubnetsProps) {
    super(scope, id);
    const gateway = new InternetGateway(this, 'gateway', { vpcId, tags: { Name: name } });
    const table = new RouteTable(this, 'table', { vpcId, tags: { Name: `${name}-public` } });
    const route = new Route(this, 'route', {
      routeTableId: table.id,
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId: gateway.id,
    });
    const subnets = zones.map(
      (zone, index) =>
        new Subnet(this, `subnet-${index}`, {
          vpcId,
          availabilityZone: zone,
          cidrBlock: Fn.cidrsubnet(cidr, 4, firstBlock + index),
          // The launch template asks for the address, so that nothing else here gets one unasked.
          mapPublicIpOnLaunch: false,
          tags: { Name: `${name}-public-${index}` },
        }),
    );
    const associations = subnets.map(
      (subnet, index) =>
        new RouteTableAssociation(this, `association-${index}`, {
          subnetId: subnet.id,
          routeTableId: table.id,
        }),
    );
    this.subnetIds = subnets.map((subnet) => subnet.id);
    this.routeTableIds = [table.id];
    this.ready = [route, ...associations];
  }
}
