/** Where the runner's image lies, and which one is promoted: `make runner-image` pushes it and writes the parameter. */
import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { Fn, type ITerraformDependable, Op, TerraformLocal } from 'cdktf';
import { Construct } from 'constructs';
import { runnerImageParameter, runnerRepository } from '../../config/names';
import type { Config, GithubEcsConfig } from '../../config/schema';
import { toLifecyclePolicy } from './lifecycle-policy';

export interface RunnerImageProps {
  config: Config;
  githubEcs: GithubEcsConfig;
}

/** Until the first promotion. As a tag it is never pushed, so that a task fails to pull it at once. */
const NONE = 'none';

export class RunnerImage extends Construct {
  /** What a task definition names: the promoted image by its digest. */
  readonly reference: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { config, githubEcs }: RunnerImageProps) {
    super(scope, id);
    const { environment, organization } = config;
    const repository = new EcrRepository(this, 'repository', {
      name: runnerRepository(environment),
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      ...(organization.kmsKeyArn
        ? { encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: organization.kmsKeyArn }] }
        : {}),
      // Images are made again by one command: a destroy takes them along.
      forceDelete: true,
    });
    const policy = new EcrLifecyclePolicy(this, 'lifecycle', {
      repository: repository.name,
      policy: JSON.stringify(toLifecyclePolicy(githubEcs.image)),
    });
    const promoted = new SsmParameter(this, 'promoted', {
      name: runnerImageParameter(environment),
      description: `Digest of the promoted image in ${runnerRepository(environment)}. Written by: make runner-image ENV=${environment}`,
      type: 'String',
      // Not `value`, which Terraform hides as if it were a secret, and all that is made of it.
      insecureValue: NONE,
      // A promotion is no change of the deploy's.
      lifecycle: { ignoreChanges: ['insecure_value', 'value'] },
    });
    const url = repository.repositoryUrl;
    this.reference = new TerraformLocal(
      this,
      'reference',
      Fn.conditional(
        Op.eq(promoted.insecureValue, NONE),
        Fn.join(':', [url, NONE]),
        Fn.join('@', [url, promoted.insecureValue]),
      ),
    ).asString;
    this.ready = [policy];
  }
}
