/** Subnets without a route from the internet, one per zone; outwards through the NAT of a public subnet, if any. */
import { Eip } from '@cdktf/provider-aws/lib/eip';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Fn, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { PublicSubnets, SubnetsProps } from './public-subnets';

export interface PrivateSubnetsProps extends SubnetsProps {
  /** One NAT gateway stands in each of its subnets; undefined: no NAT. */
  exits: PublicSubnets | undefined;
}

export class PrivateSubnets extends Construct {
  readonly subnetIds: string[];
  readonly routeTableIds: string[];
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: PrivateSubnetsProps) {
    super(scope, id);
    const { name, vpcId, cidr, firstBlock, zones, exits } = props;
    const nats = (exits?.subnetIds ?? []).map((subnetId, index) => {
      const tags = { Name: `${name}-nat-${index}` };
      const address = new Eip(this, `address-${index}`, { domain: 'vpc', tags });
      return new NatGateway(this, `nat-${index}`, {
        subnetId,
        allocationId: address.allocationId,
        tags,
        // It cannot work before its subnet has a route, nor a drain without it.
        dependsOn: exits?.ready ?? [],
      });
    });
    const subnets = zones.map((zone, index) => {
      const tags = { Name: `${name}-private-${index}` };
      const table = new RouteTable(this, `table-${index}`, { vpcId, tags });
      const subnet = new Subnet(this, `subnet-${index}`, {
        vpcId,
        availabilityZone: zone,
        cidrBlock: Fn.cidrsubnet(cidr, 4, firstBlock + index),
        mapPublicIpOnLaunch: false,
        tags,
      });
      const association = new RouteTableAssociation(this, `association-${index}`, {
        subnetId: subnet.id,
        routeTableId: table.id,
      });
      const nat = nats[index] ?? nats[0];
      const route = nat
        ? new Route(this, `route-${index}`, {
            routeTableId: table.id,
            destinationCidrBlock: '0.0.0.0/0',
            natGatewayId: nat.id,
          })
        : undefined;
      return { table, subnet, ready: [association, ...(route ? [route] : [])] };
    });
    this.subnetIds = subnets.map(({ subnet }) => subnet.id);
    this.routeTableIds = subnets.map(({ table }) => table.id);
    this.ready = subnets.flatMap(({ ready }) => ready);
  }
}
