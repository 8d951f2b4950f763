/** Brings tasks of GitHub's runners that have stopped before the housekeeper: who leaves a registration behind loses it within seconds. */
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import { clusterName, housekeeperName } from '../../config/names';
import type { Config } from '../../config/schema';
import { TASK_STOPPED } from '../../lambda/housekeeper/settings';
import { buildArns } from '../arns';
import type { ServiceFunction } from '../lambda/service-function';

export interface StoppedTasksProps {
  config: Config;
  lambda: ServiceFunction;
}

/** The schedule of the same task looks at all runners every five minutes. */
const MAX_AGE_SECONDS = 300;

export class StoppedTasks extends Construct {
  constructor(scope: Construct, id: string, { config, lambda }: StoppedTasksProps) {
    super(scope, id);
    const { environment, aws } = config;
    const rule = new CloudwatchEventRule(this, 'rule', {
      name: `${housekeeperName(environment)}-stopped-tasks`,
      description: `Tasks of GitHub's runners that have stopped, for ${housekeeperName(environment)}`,
      eventPattern: JSON.stringify({
        source: [TASK_STOPPED.source],
        'detail-type': [TASK_STOPPED.detailType],
        detail: {
          clusterArn: [buildArns(aws).named('ecs', `cluster/${clusterName(environment)}`)],
          lastStatus: [TASK_STOPPED.lastStatus],
        },
      }),
    });
    const permission = new LambdaPermission(this, 'call', {
      functionName: lambda.name,
      statementId: 'StoppedTasks',
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
    });
    // The event whole: the housekeeper reads what it needs.
    new CloudwatchEventTarget(this, 'target', {
      rule: rule.name,
      arn: lambda.arn,
      retryPolicy: { maximumEventAgeInSeconds: MAX_AGE_SECONDS, maximumRetryAttempts: 2 },
      dependsOn: [permission, ...lambda.ready],
    });
  }
}
