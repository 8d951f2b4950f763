/**
 * What leads an instance out: Auto Scaling → topic → Lambda → document on the instance. Groups depend on all of it, so
 * that whoever removes a group, and by whatever means, drains it: Terraform changes or removes any of this only when
 * the group is gone, so that the Lambda knows a fleet that left the config to its end.
 */
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { SsmDocument } from '@cdktf/provider-aws/lib/ssm-document';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { toGroups } from '../../config/groups';
import { drainName, terminatingTopic } from '../../config/names';
import type { Config } from '../../config/schema';
import type { LambdaPackage } from '../lambda/publish-packages';
import { ServiceFunction } from '../lambda/service-function';
import { ServiceRole } from '../service-role';
import { toDrainStatements, toTellStatements } from './drain-statements';
import { SpotNotices } from './spot-notices';
import { toDocument } from './to-document';

export interface DrainProps {
  config: Config;
  package: LambdaPackage;
}

/** Six steps of at most 12 s and the wait for the command, 20 s, with room. */
const TIMEOUT_SECONDS = 120;

const MEMORY_MB = 256;

export class Drain extends Construct {
  /** What a group needs in order to be drained. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { config, ...props }: DrainProps) {
    super(scope, id);
    const { environment, aws, organization } = config;
    // Not encrypted with a key of the organization: docs/decisions/014-the-drain-topic-is-not-encrypted.md.
    const topic = new SnsTopic(this, 'topic', { name: terminatingTopic(environment) });
    const teller = new ServiceRole(this, 'teller', {
      name: terminatingTopic(environment),
      service: 'autoscaling.amazonaws.com',
      // Or groups of any account could be made to use this role.
      trustCondition: { StringEquals: { 'aws:SourceAccount': aws.accountId } },
      statements: toTellStatements(config),
      organization,
    });
    const document = new SsmDocument(this, 'document', {
      name: drainName(environment),
      documentType: 'Command',
      documentFormat: 'JSON',
      targetType: '/AWS::EC2::Instance',
      content: toDocument(config),
    });
    const lambda = new ServiceFunction(this, 'function', {
      config,
      name: drainName(environment),
      description: `Tells instances of ${environment} that are to go to drain`,
      package: props.package,
      statements: toDrainStatements(config),
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMb: MEMORY_MB,
      // The Lambda counts on it: what is older than both repetitions is at its last try (lambda/drain/core/decide.ts).
      invocation: { retries: 2, maxAgeSeconds: 900 },
    });
    const permission = new LambdaPermission(this, 'call', {
      functionName: lambda.name,
      statementId: 'Terminating',
      action: 'lambda:InvokeFunction',
      principal: 'sns.amazonaws.com',
      sourceArn: topic.arn,
    });
    const subscription = new SnsTopicSubscription(this, 'subscription', {
      topicArn: topic.arn,
      protocol: 'lambda',
      endpoint: lambda.arn,
      dependsOn: [permission, ...lambda.ready],
    });
    const notices = toGroups(config).some(({ spotPercent }) => spotPercent > 0)
      ? new SpotNotices(this, 'spot', { environment, lambda }).ready
      : [];
    this.ready = [topic, ...teller.ready, document, ...lambda.ready, permission, subscription, ...notices];
  }
}
