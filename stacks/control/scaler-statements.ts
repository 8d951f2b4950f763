/** What the scaler may do: read its tokens, look at groups, set the size of its own. */
import { apiTokenSecret, groupName } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import { toDecryptStatement } from '../decrypt-statement';
import type { Statement } from '../service-role';

export function toScalerStatements(config: Config): Statement[] {
  const { environment, aws, accounts, fleets } = config;
  const arns = buildArns(aws);
  return [
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
  ];
}
