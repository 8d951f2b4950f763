/** Tells people when fleets do not follow their queues any more, and when they do again. */
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import { alarmTopicName } from '../../config/names';
import type { Config } from '../../config/schema';
import type { Alarm } from './alarm';
import { toAlarms } from './to-alarms';

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const topic = new SnsTopic(this, 'topic', { name: alarmTopicName(config.environment) });
    for (const email of config.alarms.emails) {
      new SnsTopicSubscription(this, email, { topicArn: topic.arn, protocol: 'email', endpoint: email });
    }
    for (const alarm of toAlarms(config)) this.addAlarm(alarm, topic.arn);
  }

  private addAlarm({ id, name, description, metric, when, tells }: Alarm, topicArn: string) {
    new CloudwatchMetricAlarm(this, id, {
      alarmName: name,
      alarmDescription: description,
      namespace: metric.namespace,
      metricName: metric.name,
      dimensions: metric.dimensions,
      statistic: metric.statistic,
      period: when.periodSeconds,
      comparisonOperator: when.comparison,
      threshold: when.threshold,
      evaluationPeriods: when.ofPeriods,
      datapointsToAlarm: when.periods,
      treatMissingData: when.missing,
      alarmActions: [topicArn],
      ...(tells === 'silence' ? { insufficientDataActions: [topicArn] } : {}),
      okActions: [topicArn],
    });
  }
}
