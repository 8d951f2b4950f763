/**
 * The AWS provider: region, account and default tags. A deploy with credentials of any other account is refused.
 * Endpoints are not its business: AWS_ENDPOINT_URL moves it elsewhere without a change here.
 */
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Construct } from 'constructs';
import { TAGS } from '../config/names';
import type { Config } from '../config/schema';
import { MEMORY_TAG, PAUSED_TAG, STUCK_TAG, WARM_TAG } from '../lambda/scaler/settings';

export class MusterProvider extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    new AwsProvider(this, 'aws', {
      region: config.aws.region,
      allowedAccountIds: [config.aws.accountId],
      // Works on AWS, and where no name service knows `<bucket>.<host>`.
      s3UsePathStyle: true,
      // What the Lambdas remember, and what they or an operator tell a fleet, lives in tags of its group: a deploy must not wipe them.
      ignoreTags: [{ keys: [MEMORY_TAG, WARM_TAG, PAUSED_TAG, STUCK_TAG] }],
      defaultTags: [{ tags: { ...config.organization.tags, [TAGS.environment]: config.environment } }],
    });
  }
}
