/** The Lambda: makes the real ports once; called by SNS for Auto Scaling, and by EventBridge for spot notices. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { realClock as clock } from '../../clock/clock';
import { createPublishMetrics } from '../publish-metrics';
import { createCompleteHook } from './aws/complete-hook';
import { createReadMachine, createReadMember } from './aws/read-instance';
import { createReadLife } from './aws/read-life';
import { createSendDrain } from './aws/send-drain';
import { createDrain } from './drain';
import { METRIC_NAMESPACE, parse } from './settings';

const settings = parse(readFileSync(join(__dirname, 'settings.json'), 'utf8'));

const client = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
};
const publish = createPublishMetrics(METRIC_NAMESPACE);
const autoScaling = new AutoScalingClient(client);

export const handler = createDrain(settings, {
  now: clock.now,
  readMember: createReadMember(autoScaling, clock),
  readMachine: createReadMachine(new EC2Client(client), clock),
  sendDrain: createSendDrain(new SSMClient(client), settings.document, clock),
  readLife: createReadLife(new CloudWatchLogsClient(client), clock),
  completeHook: createCompleteHook(autoScaling, settings.hook, clock),
  log: new Logger({ serviceName: 'drain', persistentLogAttributes: { environment: settings.environment } }),
  publishMetrics: (counts) => publish({ Environment: settings.environment }, counts),
});
