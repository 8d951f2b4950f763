/**
 * The AWS services that an instance (or a Lambda of ours inside the VPC) calls, reachable without a way to the internet.
 * For networks that must have no exit, not for thrift: five endpoints cost about $36 a month in each zone,
 * one NAT gateway about $32 altogether (us-east-1).
 */
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

/** Hooks and leaving, journal, runner token, Systems Manager (two). */
export const INSTANCE_SERVICES = ['autoscaling', 'logs', 'secretsmanager', 'ssm', 'ssmmessages'] as const;

/** Images and instances, and reminders: the housekeeper's business, where it lives in the VPC. */
const HOUSEKEEPER_SERVICES = ['ec2', 'sns'] as const;

export interface InterfaceEndpointsProps {
  environment: string;
  region: string;
  vpcId: string;
  subnetIds: string[];
  /** Security group of those that call. */
  clientSecurityGroupId: string;
  /** Whether our Lambdas live in the VPC too. */
  lambdas: boolean;
}

export class InterfaceEndpoints extends Construct {
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: InterfaceEndpointsProps) {
    super(scope, id);
    const name = `muster-${props.environment}-endpoints`;
    const group = new SecurityGroup(this, 'group', {
      name,
      description: 'AWS service endpoints of Muster instances',
      vpcId: props.vpcId,
      ingress: [
        {
          description: 'HTTPS from instances',
          fromPort: 443,
          toPort: 443,
          protocol: 'tcp',
          securityGroups: [props.clientSecurityGroupId],
        },
      ],
      egress: [],
      tags: { Name: name },
    });
    this.ready = [...INSTANCE_SERVICES, ...(props.lambdas ? HOUSEKEEPER_SERVICES : [])].map(
      (service) =>
        new VpcEndpoint(this, service, {
          vpcId: props.vpcId,
          serviceName: `com.amazonaws.${props.region}.${service}`,
          vpcEndpointType: 'Interface',
          privateDnsEnabled: true,
          subnetIds: props.subnetIds,
          securityGroupIds: [group.id],
          tags: { Name: `muster-${props.environment}-${service}` },
        }),
    );
  }
}
