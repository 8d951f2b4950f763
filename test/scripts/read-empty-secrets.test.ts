import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { readEmptySecrets } from '../../scripts/read-empty-secrets';
import { makeConfig, type Raw } from './config';

const aws = mockClient(SecretsManagerClient);
beforeEach(() => aws.reset());

const readEmpty = (deviate?: (raw: Raw) => void) =>
  readEmptySecrets(new SecretsManagerClient({ region: 'eu-central-1' }), makeConfig(deviate));

const ofNomad =
  (...demands: string[]) =>
  (raw: Raw): void => {
    raw.accounts = { cluster: { ci: 'nomad', baseUrl: 'https://nomad.acme.example:4646' } };
    raw.images.runner.agents = ['nomad'];
    const { resourceClass: _, ...fleet } = raw.fleets[0];
    raw.fleets = demands.map((demand, index) => ({
      ...fleet,
      name: `fleet-${index}`,
      account: 'cluster',
      serves: 'many-jobs',
      warm: 1,
      nomad: { nodePool: `pool-${index}`, demand },
    }));
  };

test('names the command for each secret that holds no token', async () => {
  aws.on(DescribeSecretCommand).resolves({ VersionIdsToStages: { v1: ['AWSCURRENT'] } });
  aws.on(DescribeSecretCommand, { SecretId: 'muster/dev/ci/main/api-token' }).resolves({});
  expect(await readEmpty()).toEqual(['make secrets ENV=dev ACCOUNT=main']);
});

test('a token that nobody reads is not missing: all fleets of the account have a fixed size', async () => {
  aws.on(DescribeSecretCommand).resolves({});
  expect(await readEmpty(ofNomad('none', 'none'))).toEqual([
    'make secrets ENV=dev FLEET=fleet-0',
    'make secrets ENV=dev FLEET=fleet-1',
  ]);
});

test('that of an account of which one fleet follows the queue is', async () => {
  aws.on(DescribeSecretCommand).resolves({});
  expect(await readEmpty(ofNomad('none', 'queue'))).toContain('make secrets ENV=dev ACCOUNT=cluster');
});
