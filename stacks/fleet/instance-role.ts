/**
 * What an instance may do: leave its group, protect itself in it, look whether it is to stay and whether its image is
 * the promoted one, read its one token, write its journal, be reached by Systems Manager.
 * AWS can limit a role to its group, not to its own instance: keeping jobs off the role is the instance's own duty.
 */
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import {
  groupName,
  imageParameter,
  instanceLogGroup,
  instanceRoleName,
  runnerTokenSecret,
} from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';
import { buildArns } from '../arns';
import { toDecryptStatement } from '../decrypt-statement';
import { ServiceRole, type Statement } from '../service-role';

export interface InstanceRoleProps {
  config: Config;
  /** Of the fleet, or what stands for one. */
  name: string;
  statements: Statement[];
  tags: Record<string, string>;
}

export class InstanceRole extends Construct {
  /** Name of the instance profile. */
  readonly instanceProfile: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: InstanceRoleProps) {
    super(scope, id);
    const { config, statements, tags } = props;
    const { environment, organization } = config;
    const name = instanceRoleName(environment, props.name);
    const role = new ServiceRole(this, 'role', {
      name,
      service: 'ec2.amazonaws.com',
      statements,
      organization,
      tags,
    });
    const profile = new IamInstanceProfile(this, 'profile', {
      name,
      path: organization.rolePath,
      role: role.name,
      tags,
    });
    this.instanceProfile = profile.name;
    this.ready = [...role.ready, profile];
  }
}

export function toInstanceStatements(config: Config, fleet: FleetConfig): Statement[] {
  const { environment, aws } = config;
  return [
    ...toOwnStatements(config, fleet),
    {
      Sid: 'RunnerToken',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: [buildArns(aws).secret(runnerTokenSecret(environment, fleet.name))],
    },
    ...toDecryptStatement(config),
  ];
}

/** What any instance of ours may, whatever it serves. */
export function toOwnStatements(config: Config, fleet: Pick<FleetConfig, 'name' | 'image'>): Statement[] {
  const { environment, aws } = config;
  const arns = buildArns(aws);
  return [
    {
      Sid: 'HooksAndLeaving',
      Action: [
        'autoscaling:CompleteLifecycleAction',
        'autoscaling:RecordLifecycleActionHeartbeat',
        'autoscaling:SetInstanceProtection',
        'autoscaling:TerminateInstanceInAutoScalingGroup',
      ],
      Resource: [arns.group(groupName(environment, fleet.name))],
    },
    {
      // AWS offers no resource to name for this.
      Sid: 'Look',
      Action: ['autoscaling:DescribeAutoScalingGroups'],
      Resource: ['*'],
    },
    {
      Sid: 'PromotedImage',
      Action: ['ssm:GetParameter'],
      Resource: [arns.parameter(imageParameter(environment, fleet.image))],
    },
    {
      Sid: 'Journal',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [arns.logStreams(instanceLogGroup(environment, fleet.name))],
    },
    {
      // For shells (Session Manager) and the drain (Run Command), whose agent asks `ec2messages` only where these are denied.
      // AWS offers no resource to name for these.
      Sid: 'SystemsManager',
      Action: [
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      Resource: ['*'],
    },
    {
      Sid: 'SystemsManagerPresence',
      Action: ['ssm:UpdateInstanceInformation'],
      Resource: [arns.instances],
    },
  ];
}
