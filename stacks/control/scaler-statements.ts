/** What the scaler may do: read its tokens, look at groups, set the size of its own, and how spot ones buy. */
import { apiTokenSecret, groupName } from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';
import { buildArns } from '../arns';
import { toDecryptStatement } from '../decrypt-statement';
import type { Statement } from '../service-role';

export function toScalerStatements(config: Config): Statement[] {
  const { environment, aws, accounts, fleets } = config;
  const arns = buildArns(aws);
  const toGroup = ({ name }: FleetConfig) => arns.group(groupName(environment, name));
  const spot = fleets.filter(({ spotPercent }) => spotPercent > 0);
  return [
    {
      Sid: 'ApiTokens',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: Object.entries(accounts).flatMap(([name, { ci }]) =>
        ci === 'github' ? [] : arns.secret(apiTokenSecret(environment, name)),
      ),
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
      Resource: fleets.map(toGroup),
    },
    ...(spot.length > 0
      ? [
          {
            Sid: 'BuySpotOrNot',
            // AWS documents no further action for a change that names no launch template (with one it would ask for
            // ec2:RunInstances and iam:PassRole, which the scaler does not have); tried on no account.
            Action: ['autoscaling:UpdateAutoScalingGroup'],
            Resource: spot.map(toGroup),
            Condition: { Null: NOTHING_ELSE },
          },
        ]
      : []),
  ];
}

/**
 * What a request to change a group must not have in it. AWS knows no key for the other things, such as desired (which
 * the scaler may set anyway). Not LaunchTemplateVersionSpecified, a flag that may always be there.
 */
const NOTHING_ELSE = Object.fromEntries(
  [
    'MinSize',
    'MaxSize',
    'VPCZoneIdentifiers',
    'LaunchConfigurationName',
    'InstanceTypes',
    'CapacityReservationIds',
    'CapacityReservationResourceGroupArns',
  ].map((key) => [`autoscaling:${key}`, 'true']),
);
