import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Config } from '../../config/schema';
import type { Check } from './run-checks';
import { verifyAccount } from './verify-account';
import { verifyPromotedImages } from './verify-promoted-images';
import { verifyRemovedRules } from './verify-removed-rules';
import { verifyRunnerImage } from './verify-runner-image';
import { verifyTerraform } from './verify-terraform';

/** What has to hold before Terraform looks at an environment, whether it changes something or not. */
export function listDeployChecks(config: Config): Check[] {
  const region = { region: config.aws.region };
  const clients = { ec2: new EC2Client(region), ecr: new ECRClient(region), ssm: new SSMClient(region) };
  const runnerImage = {
    title: 'Runner image',
    verify: () => verifyRunnerImage(clients, config, Date.now()),
  };
  return [
    { title: 'AWS account', verify: () => verifyAccount(new STSClient(region), config) },
    { title: 'Terraform', verify: verifyTerraform },
    { title: 'Images', verify: () => verifyPromotedImages(clients, config) },
    ...(config.githubEcs ? [runnerImage] : []),
    { title: 'Rules to be removed', verify: () => verifyRemovedRules(new ECSClient(region), config) },
  ];
}
