/** The security group of instances: nothing comes in (people use Session Manager), everything goes out. */
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Construct } from 'constructs';
import { instanceSecurityGroup } from '../../config/names';

export interface InstanceSecurityGroupProps {
  environment: string;
  vpcId: string;
}

export class InstanceSecurityGroup extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, { environment, vpcId }: InstanceSecurityGroupProps) {
    super(scope, id);
    const name = instanceSecurityGroup(environment);
    const group = new SecurityGroup(this, 'group', {
      name,
      description: 'Muster instances: no connection comes in',
      vpcId,
      // An explicit empty list: a rule that somebody adds by hand is removed by the next deploy.
      ingress: [],
      egress: [
        {
          description: 'Jobs reach what they need',
          fromPort: 0,
          toPort: 0,
          protocol: '-1',
          cidrBlocks: ['0.0.0.0/0'],
          ipv6CidrBlocks: ['::/0'],
        },
      ],
      tags: { Name: name },
    });
    this.id = group.id;
  }
}
