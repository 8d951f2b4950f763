import { buildConfig } from './perfect-config';
import { synthesize } from './synthesize';

const backendOf = (state: object) => synthesize(buildConfig({ state })).stack.terraform.backend;

describe('the state', () => {
  test('local: lies in a file of the environment, beside what is synthesized', () => {
    expect(backendOf({ backend: 'local' })).toEqual({
      local: { path: '../../../terraform.muster-dev.tfstate' },
    });
  });

  test('s3: is encrypted and locked by a file', () => {
    expect(backendOf({ backend: 's3', bucket: 'acme-state' })).toEqual({
      s3: {
        bucket: 'acme-state',
        key: 'muster/dev.tfstate',
        region: 'us-east-1',
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  test('s3: is reached with a role, in a region and with a key of its own', () => {
    const state = {
      backend: 's3',
      bucket: 'acme-state',
      region: 'eu-west-1',
      roleArn: 'arn:aws:iam::210987654321:role/state',
      kmsKeyArn: 'arn:aws:kms:eu-west-1:210987654321:key/k',
    };
    expect(backendOf(state).s3).toMatchObject({
      region: 'eu-west-1',
      assume_role: { role_arn: state.roleArn },
      kms_key_id: state.kmsKeyArn,
    });
  });
});

test('a deploy to another account is refused', () => {
  const { provider } = synthesize(buildConfig()).stack;
  expect(provider.aws).toMatchObject([{ region: 'us-east-1', allowed_account_ids: ['123456789012'] }]);
});

test('every resource is tagged with its environment and the tags of the organization', () => {
  const config = buildConfig({ organization: { tags: { team: 'platform' } } });
  expect(synthesize(config).stack.provider.aws[0].default_tags).toEqual([
    { tags: { team: 'platform', 'muster:environment': 'dev' } },
  ]);
});
