/** Brings EC2's notices to spot instances before the drain Lambda. Of all the account: it knows which are ours. */
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { drainName } from '../../config/names';
import type { ServiceFunction } from '../lambda/service-function';

export interface SpotNoticesProps {
  environment: string;
  lambda: ServiceFunction;
}

/** After two minutes the instance is gone. */
const MAX_AGE_SECONDS = 120;

export class SpotNotices extends Construct {
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { environment, lambda }: SpotNoticesProps) {
    super(scope, id);
    const rule = new CloudwatchEventRule(this, 'rule', {
      name: `${drainName(environment)}-spot`,
      description: `Spot instances that AWS wants back, for ${drainName(environment)}`,
      eventPattern: JSON.stringify({
        source: ['aws.ec2'],
        'detail-type': ['EC2 Spot Instance Interruption Warning', 'EC2 Instance Rebalance Recommendation'],
      }),
    });
    const permission = new LambdaPermission(this, 'call', {
      functionName: lambda.name,
      statementId: 'SpotNotices',
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
    });
    const target = new CloudwatchEventTarget(this, 'target', {
      rule: rule.name,
      arn: lambda.arn,
      retryPolicy: { maximumEventAgeInSeconds: MAX_AGE_SECONDS, maximumRetryAttempts: 2 },
      dependsOn: [permission],
    });
    this.ready = [target];
  }
}
