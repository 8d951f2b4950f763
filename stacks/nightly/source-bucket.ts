/** Holds the project's source for the nightly build: private, encrypted, over TLS only; its history is git's. */
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { AssetType, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { sourceBucket } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import type { Source } from './publish-source';

export const SOURCE_KEY = 'source.zip';

export interface SourceBucketProps {
  config: Config;
  source: Source;
}

export class SourceBucket extends Construct {
  /** `<bucket>/<key>` of the source. */
  readonly location: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { config, source }: SourceBucketProps) {
    super(scope, id);
    const { environment, aws, organization } = config;
    const name = sourceBucket(environment, aws.accountId);
    const arns = buildArns(aws);
    const bucket = new S3Bucket(this, 'bucket', {
      bucket: name,
      // What lies in it is in git.
      forceDestroy: true,
    });
    new S3BucketPublicAccessBlock(this, 'private', {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'owner', {
      bucket: bucket.id,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    const encryption = new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: bucket.id,
      rule: [
        organization.kmsKeyArn
          ? {
              applyServerSideEncryptionByDefault: {
                sseAlgorithm: 'aws:kms',
                kmsMasterKeyId: organization.kmsKeyArn,
              },
              bucketKeyEnabled: true,
            }
          : { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } },
      ],
    });
    new S3BucketPolicy(this, 'policy', {
      bucket: bucket.id,
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'TlsOnly',
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [arns.bucket(name), arns.objects(name)],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      }),
    });
    const asset = new TerraformAsset(this, 'source', { path: source.file, type: AssetType.FILE });
    const object = new S3Object(this, 'object', {
      bucket: bucket.id,
      key: SOURCE_KEY,
      source: asset.path,
      sourceHash: source.sha256Base64,
      dependsOn: [encryption],
    });
    this.location = `${name}/${SOURCE_KEY}`;
    this.ready = [object];
  }
}
