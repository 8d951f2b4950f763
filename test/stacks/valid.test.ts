/** Every shape of an environment before the validators of the real provider. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../config/load';
import { ALL_OPTIONS, buildConfig, GITHUB_ON_FARGATE, WITH_GITLAB } from './perfect-config';
import { synthesizeInto } from './synthesize';
import { mustTerraform, terraform } from './terraform';

const CONFIG = join(__dirname, '../../config');

describe('Terraform and the real provider accept', () => {
  let directory: string;
  let workspace: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'muster-valid-'));
    workspace = synthesizeInto(directory, buildConfig());
    await mustTerraform(workspace, ['init', '-backend=false', '-input=false']);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each([
    ['the worked example', readConfig({ environment: 'dev', directory: CONFIG })],
    ["the local cloud's environment", readConfig({ environment: 'local', directory: CONFIG })],
    ['every option', buildConfig({ ...ALL_OPTIONS, state: { backend: 's3', bucket: 'acme-state' } })],
    ['fleets of GitLab', buildConfig(WITH_GITLAB)],
    ['runners of GitHub on Fargate alone', buildConfig(GITHUB_ON_FARGATE)],
    ["GitHub's worked example", readConfig({ environment: 'github', directory: CONFIG })],
    ['a network without an exit', buildConfig({ network: { kind: 'new', subnets: 'private', nat: 'none' } })],
    [
      'an existing network',
      buildConfig({ network: { kind: 'existing', vpcId: 'vpc-0a1b', subnetIds: ['subnet-0a1b'] } }),
    ],
    [
      'a nightly build inside of an existing network',
      buildConfig({
        network: { kind: 'existing', vpcId: 'vpc-0a1b', subnetIds: ['subnet-0a1b', 'subnet-2c3d'] },
        nightly: { timeZone: 'UTC' },
      }),
    ],
  ])(
    '%s',
    async (_, config) => {
      const synthesized = synthesizeInto(join(directory, 'next'), config);
      // One initialized folder for all: the provider is the same.
      copyFileSync(join(synthesized, 'cdk.tf.json'), join(workspace, 'cdk.tf.json'));
      const { stdout } = await terraform(workspace, ['validate', '-json']);
      expect(JSON.parse(stdout)).toMatchObject({ valid: true, diagnostics: [] });
    },
    60_000,
  );
});
