/** What the drain path may do: Auto Scaling tells one topic; the Lambda drains instances of this environment and completes their hooks. */
import { toGroups } from '../../config/groups';
import { drainName, groupName, instanceLogGroup, TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import type { Statement } from '../service-role';
import { toTerminatingTarget } from './terminating-target';

export const toTellStatements = (config: Config): Statement[] => [
  { Sid: 'Tell', Action: ['sns:Publish'], Resource: [toTerminatingTarget(config).topicArn] },
];

export function toDrainStatements(config: Config): Statement[] {
  const { environment, aws } = config;
  const arns = buildArns(aws);
  const groups = toGroups(config);
  return [
    {
      Sid: 'Look',
      // AWS offers no resource to name for these.
      Action: [
        'autoscaling:DescribeAutoScalingInstances',
        'ec2:DescribeInstanceStatus',
        'ssm:GetCommandInvocation',
      ],
      Resource: ['*'],
    },
    {
      Sid: 'DrainDocument',
      Action: ['ssm:SendCommand'],
      Resource: [arns.named('ssm', `document/${drainName(environment)}`)],
    },
    {
      Sid: 'DrainInstances',
      Action: ['ssm:SendCommand'],
      Resource: [arns.instances],
      Condition: { StringEquals: { [`ssm:resourceTag/${TAGS.environment}`]: environment } },
    },
    {
      Sid: 'LifeSigns',
      Action: ['logs:GetLogEvents'],
      Resource: groups.map(({ name }) => arns.logStreams(instanceLogGroup(environment, name))),
    },
    {
      Sid: 'Release',
      Action: ['autoscaling:CompleteLifecycleAction'],
      Resource: groups.map(({ name }) => arns.group(groupName(environment, name))),
    },
  ];
}
