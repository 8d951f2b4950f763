/** What the scaler may do: read its tokens, look at groups, set the size of its own. */
import { apiTokenSecret, groupName, scalerName } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import { toDecryptStatement } from '../decrypt-statement';
import type { Statement } from '../service-role';

/** Lambda chooses the name of a function's log group. */
export const scalerLogGroup = (environment: string) => `/aws/lambda/${scalerName(environment)}`;

export function toScalerStatements(config: Config): Statement[] {
  const { environment, aws, accounts, fleets, scaler } = config;
  const arns = buildArns(aws);
  return [
    {
      Sid: 'Logs',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [arns.logStreams(scalerLogGroup(environment))],
    },
    {
      Sid: 'ApiTokens',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: Object.keys(accounts).map((account) => arns.secret(apiTokenSecret(environment, account))),
    },
    ...toDecryptStatement(config),
    {
      Sid: 'Look',
      // AWS offers no resource to name for these.
      Action: ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeScalingActivities'],
      Resource: ['*'],
    },
    {
      Sid: 'Grow',
      // Tags of a group hold what has to survive a cold start.
      Action: ['autoscaling:SetDesiredCapacity', 'autoscaling:CreateOrUpdateTags'],
      Resource: fleets.map((fleet) => arns.group(groupName(environment, fleet.name))),
    },
    ...(scaler.inVpc ? toVpcStatements(arns.lambda(scalerName(environment))) : []),
  ];
}

/** What Lambda itself needs to attach a function to a VPC, denied to the code that runs in it, as AWS advises. */
function toVpcStatements(functionArn: string): Statement[] {
  const actions = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  return [
    { Sid: 'Vpc', Action: actions, Resource: ['*'] },
    {
      Sid: 'VpcNotFromCode',
      Effect: 'Deny',
      Action: actions,
      Resource: ['*'],
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    },
  ];
}
