/** Starts the scaler every minute, each time once. */
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { scalerName } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import { ServiceRole } from '../service-role';

export interface ScalerScheduleProps {
  config: Config;
  functionArn: string;
  after: ITerraformDependable[];
}

export class ScalerSchedule extends Construct {
  constructor(scope: Construct, id: string, { config, functionArn, after }: ScalerScheduleProps) {
    super(scope, id);
    const { environment, aws, organization } = config;
    const name = scalerName(environment);
    const arns = buildArns(aws);
    const role = new ServiceRole(this, 'role', {
      name: `${name}-schedule`,
      service: 'scheduler.amazonaws.com',
      // Or any schedule of any account could be made to use this role.
      trustCondition: { StringEquals: { 'aws:SourceAccount': aws.accountId } },
      statements: [{ Sid: 'Start', Action: ['lambda:InvokeFunction'], Resource: [arns.lambda(name)] }],
      organization,
    });
    new SchedulerSchedule(this, 'schedule', {
      name,
      description: `Starts ${name}`,
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: functionArn,
        roleArn: role.arn,
        // The next minute brings the next start: a late one would only overlap with it.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
      dependsOn: [...role.ready, ...after],
    });
  }
}
