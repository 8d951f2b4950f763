/** What an operator did in the account before a deploy: baked, promoted, made a key. On the local AWS. */
import { CreateTagsCommand, EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import type { LocalAws } from '../local/start-local-aws';

export interface LocalAccount {
  /** Registers an image that fits the perfect config, but for what is given. */
  bake(deviation?: { tags?: Record<string, string>; architecture?: 'x86_64' | 'arm64' }): Promise<string>;
  /** @param definition key of `images`; default: runner */
  promote(id: string, definition?: string): Promise<unknown>;
  /** @returns the ARN of a new key */
  createKey(): Promise<string>;
}

export function openAccount(aws: LocalAws, region: string): LocalAccount {
  const ec2 = new EC2Client({ ...aws.client, region });
  const ssm = new SSMClient({ ...aws.client, region });
  let baked = 0;
  return {
    async bake({ tags = {}, architecture = 'x86_64' } = {}) {
      const { ImageId: id = '' } = await ec2.send(
        new RegisterImageCommand({
          Name: `image-${++baked}`,
          Architecture: architecture,
          RootDeviceName: '/dev/xvda',
        }),
      );
      const all = {
        'muster:environment': 'dev',
        'muster:contract': String(BOOT_CONTRACT),
        'muster:agents': 'another circleci ecs gitlab',
        'muster:image': 'runner',
        ...tags,
      };
      await ec2.send(
        new CreateTagsCommand({
          Resources: [id],
          Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })),
        }),
      );
      return id;
    },
    promote: (id, definition = 'runner') =>
      ssm.send(
        new PutParameterCommand({
          Name: `/muster/dev/image/${definition}`,
          Value: id,
          Type: 'String',
          Overwrite: true,
        }),
      ),
    // By hand: one call is no reason for another SDK client. The local AWS reads service and region from the header.
    async createKey() {
      const credential = `Credential=operator/20260101/${region}/kms/aws4_request`;
      const response = await fetch(aws.url, {
        method: 'POST',
        headers: {
          'x-amz-target': 'TrentService.CreateKey',
          'content-type': 'application/x-amz-json-1.1',
          authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=none`,
        },
        body: '{}',
      });
      const { KeyMetadata } = (await response.json()) as { KeyMetadata: { Arn: string } };
      return KeyMetadata.Arn;
    },
  };
}
