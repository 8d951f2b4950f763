/** What a machine that proves a new image may do: tell the result, nothing else. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { Construct } from 'constructs';
import { smokeLogGroup, smokeRoleName } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import { ServiceRole, type Statement } from '../service-role';

export class SmokeRole extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const { environment, organization, scaler } = config;
    new CloudwatchLogGroup(this, 'logs', {
      name: smokeLogGroup(environment),
      retentionInDays: scaler.logDays,
      ...(organization.kmsKeyArn ? { kmsKeyId: organization.kmsKeyArn } : {}),
    });
    const name = smokeRoleName(environment);
    const role = new ServiceRole(this, 'role', {
      name,
      service: 'ec2.amazonaws.com',
      statements: toSmokeStatements(config),
      organization,
    });
    new IamInstanceProfile(this, 'profile', { name, path: organization.rolePath, role: role.name });
  }
}

export function toSmokeStatements({ environment, aws }: Config): Statement[] {
  return [
    {
      Sid: 'Result',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [buildArns(aws).logStreams(smokeLogGroup(environment))],
    },
  ];
}
