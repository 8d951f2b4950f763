/** Lets Auto Scaling encrypt instance volumes with a customer key: without the grant every launch fails. */
import { KmsGrant } from '@cdktf/provider-aws/lib/kms-grant';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';

export interface VolumeKeyGrantProps {
  config: Config;
  keyArn: string;
  /** AWS creates the service role with the first group of an account. */
  fleets: ITerraformDependable[];
}

export class VolumeKeyGrant extends Construct {
  constructor(scope: Construct, id: string, { config, keyArn, fleets }: VolumeKeyGrantProps) {
    super(scope, id);
    new KmsGrant(this, 'grant', {
      name: `muster-${config.environment}-volumes`,
      keyId: keyArn,
      granteePrincipal: buildArns(config.aws).autoScalingServiceRole,
      // As the EC2 Auto Scaling guide lists them.
      operations: [
        'Encrypt',
        'Decrypt',
        'ReEncryptFrom',
        'ReEncryptTo',
        'GenerateDataKey',
        'GenerateDataKeyWithoutPlaintext',
        'DescribeKey',
        'CreateGrant',
      ],
      dependsOn: fleets,
    });
  }
}
