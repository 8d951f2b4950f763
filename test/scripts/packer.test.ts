import { verifyPins } from '../../scripts/checks/verify-pins';
import { verifySharing } from '../../scripts/checks/verify-sharing';
import { parseManifest } from '../../scripts/packer-manifest';
import { toPackerVariables } from '../../scripts/packer-variables';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { makeConfig } from './config';
import { writeTemporaryFile } from './temporary-file';

const variablesOf = (config = makeConfig()) =>
  toPackerVariables({
    config,
    image: 'runner',
    commit: 'abc',
    base: { name: 'debian-13-amd64-20261101', rootDevice: '/dev/xvda' },
    builderSourceCidrs: [],
    pinsOverride: '',
    configDirectory: '/etc/muster',
  });

describe('Packer variables', () => {
  test('say what to bake, from what, where', () => {
    expect(variablesOf()).toMatchObject({
      image: 'runner',
      environment: 'dev',
      agents: 'circleci',
      toolchains: 'git,build-essential',
      git_commit: 'abc',
      contract: String(BOOT_CONTRACT),
      region: 'eu-central-1',
      base_name: 'debian-13-amd64-20261101',
      ssh_username: 'admin',
      subnet_id: '',
    });
  });

  test('a base image of another distribution names its user', () => {
    const config = makeConfig((raw) => {
      raw.images.runner.base = { owner: '099720109477', name: 'ubuntu-{arch}-*', user: 'ubuntu' };
    });
    expect(variablesOf(config)).toMatchObject({ base_owner: '099720109477', ssh_username: 'ubuntu' });
  });

  test('an image of arm64 is baked on a base and a builder of arm64', () => {
    const config = makeConfig((raw) => {
      raw.images.runner.architecture = 'arm64';
    });
    expect(variablesOf(config)).toMatchObject({ architecture: 'arm64', instance_type: 'm7g.large' });
    expect(variablesOf()).toMatchObject({ architecture: 'x86_64', instance_type: 'm7i.large' });
  });

  test('an existing network bakes in its first subnet', () => {
    const config = makeConfig((raw) => {
      raw.network = { kind: 'existing', vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] };
    });
    expect(variablesOf(config)).toMatchObject({ subnet_id: 'subnet-1' });
  });

  test('the CA file is found beside the config', () => {
    const config = makeConfig((raw) => {
      raw.organization = { caFile: 'ca.pem' };
    });
    expect(variablesOf(config)).toMatchObject({ ca_file: '/etc/muster/ca.pem' });
  });

  test('rules of the organization reach the builder', () => {
    const config = makeConfig((raw) => {
      raw.organization = { tags: { owner: 'ci' }, kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1' };
    });
    expect(variablesOf(config)).toMatchObject({
      tags: { owner: 'ci' },
      kms_key_arn: 'arn:aws:kms:eu-central-1:123456789012:key/1',
    });
  });
});

describe('Packer manifest', () => {
  const build = (artifact_id: string, packer_run_uuid: string) => ({ artifact_id, packer_run_uuid });
  const manifest = (...builds: object[]) => JSON.stringify({ builds, last_run_uuid: 'now' });

  test('the AMI is that of the last run', () => {
    const text = manifest(build('eu-central-1:ami-0old', 'before'), build('eu-central-1:ami-0new', 'now'));
    expect(parseManifest(text, 'eu-central-1')).toBe('ami-0new');
  });

  test('the AMI is that of the region', () => {
    const text = manifest(build('us-east-1:ami-0us,eu-central-1:ami-0eu', 'now'));
    expect(parseManifest(text, 'eu-central-1')).toBe('ami-0eu');
  });

  test('a run that made nothing in the region is an error', () => {
    expect(() => parseManifest(manifest(build('eu-central-1:ami-0old', 'before')), 'eu-central-1')).toThrow(
      /eu-central-1/,
    );
  });
});

describe('the key of an image that is shared', () => {
  const shared = (kmsKeyArn?: string) =>
    makeConfig((raw) => {
      raw.images.runner.shareWith = ['111122223333'];
      if (kmsKeyArn) raw.organization = { kmsKeyArn };
    });

  test('is needed, for AWS shares nothing that is encrypted with its own', () => {
    expect(() => verifySharing(shared(), 'runner')).toThrow(/organization\.kmsKeyArn/);
    expect(verifySharing(shared('arn:aws:kms:eu-central-1:123456789012:key/1'), 'runner')).toContain(
      '111122223333',
    );
    expect(verifySharing(makeConfig(), 'runner')).toBe('with nobody');
  });
});

describe('pins', () => {
  const image = makeConfig().images.runner;
  if (!image) throw new Error('the perfect config has an image runner');
  const file = (text: string) => writeTemporaryFile(text);

  test('an agent without a checksum is refused before the bake', () => {
    expect(() => verifyPins([file('CIRCLECI_RUNNER_SHA256_amd64=\n')], image)).toThrow(
      /CIRCLECI_RUNNER_SHA256_amd64/,
    );
  });

  test('an override fills what the pins leave open', () => {
    const files = [file('CIRCLECI_RUNNER_SHA256_amd64=\n'), file('CIRCLECI_RUNNER_SHA256_amd64=abc\n')];
    expect(() => verifyPins(files, image)).not.toThrow();
  });

  test.each([
    ['x86_64', /GITLAB_RUNNER_SHA256_amd64, NODE_SHA256_x64, RUST_SHA256_x86_64/],
    ['arm64', /GITLAB_RUNNER_SHA256_arm64, NODE_SHA256_arm64, RUST_SHA256_aarch64/],
  ])('those of agents and toolchains are missed, as each project calls %s', (architecture, missing) => {
    const config = makeConfig((raw) => {
      raw.images.runner = { agents: ['gitlab'], toolchains: ['git', 'node', 'rust'], architecture };
    });
    expect(() => verifyPins([file('')], config.images.runner ?? image)).toThrow(missing);
  });

  test('only the architecture of the image counts', () => {
    expect(() => verifyPins([file('CIRCLECI_RUNNER_SHA256_arm64=abc\n')], image)).toThrow(/amd64/);
  });
});
