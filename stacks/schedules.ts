/** Starts one thing by the clock, with a role that may do only that. */
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { SchedulerScheduleGroup } from '@cdktf/provider-aws/lib/scheduler-schedule-group';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { ServiceRole, type Statement } from './service-role';

export interface Schedule {
  /** Unique in the construct. */
  id: string;
  name: string;
  description: string;
  /** rate(…) or cron(…), as EventBridge Scheduler reads it. */
  expression: string;
  /** IANA time zone of a cron; default: UTC. */
  timeZone?: string;
  /** What the target is given, as JSON. */
  input?: object;
}

export interface SchedulesProps {
  config: Config;
  roleName: string;
  /** What starting the target needs. */
  statements: Statement[];
  targetArn: string;
  schedules: Schedule[];
  /** A start that AWS could not bring about is given up after so long, at most after so many tries more. */
  retry: { attempts: number; maxAgeSeconds: number };
  after: ITerraformDependable[];
  /** A group of their own, because AWS counts starts by group. Default: that of the account, `default`. */
  groupName?: string;
}

export class Schedules extends Construct {
  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    const { aws, organization } = props.config;
    const role = new ServiceRole(this, 'role', {
      name: props.roleName,
      service: 'scheduler.amazonaws.com',
      // Or any schedule of any account could be made to use this role.
      trustCondition: { StringEquals: { 'aws:SourceAccount': aws.accountId } },
      statements: props.statements,
      organization,
    });
    const group = props.groupName && new SchedulerScheduleGroup(this, 'group', { name: props.groupName });
    for (const { id, name, description, expression, timeZone, input } of props.schedules) {
      new SchedulerSchedule(this, id, {
        name,
        description,
        ...(group ? { groupName: group.name } : {}),
        scheduleExpression: expression,
        ...(timeZone ? { scheduleExpressionTimezone: timeZone } : {}),
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: props.targetArn,
          roleArn: role.arn,
          ...(input ? { input: JSON.stringify(input) } : {}),
          retryPolicy: {
            maximumRetryAttempts: props.retry.attempts,
            maximumEventAgeInSeconds: props.retry.maxAgeSeconds,
          },
        },
        dependsOn: [...role.ready, ...props.after],
      });
    }
  }
}
