/** Builds on the local cloud: images are baked, registered, told in the manifest, or bad on purpose; set-up has nothing to do. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeImagesCommand, DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { parseBreak } from '../../local/builds/packer/break';
import { parseBuild } from '../../local/builds/packer/parse-build';
import { PROJECT_DIR } from '../../local/cloud/layout';
import { parseManifest } from '../../scripts/packer-manifest';
import { describeAsRoot } from '../as-root';
import { BakeFolder } from './bake-folder';
import { type LocalAws, startLocalAws } from './start-local-aws';

const BIN = join(PROJECT_DIR, 'local', 'builds', 'bin');
const REGION = 'eu-central-1';
const VARIABLES = {
  image: 'runner',
  environment: 'test',
  architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
  agents: 'circleci,gitlab',
  toolchains: 'git',
  git_commit: '0123abc',
  contract: '3',
  region: REGION,
  tags: { owner: 'ci' },
  disk_gb: 16,
};

describeAsRoot('the packer of local builds', () => {
  let aws: LocalAws;
  let ec2: EC2Client;
  let bakes: BakeFolder;
  let folder: string;
  beforeAll(async () => {
    [aws, bakes] = await Promise.all([startLocalAws(), BakeFolder.make()]);
    ec2 = new EC2Client(aws.client);
    bakes.writeScript('rm -f /usr/bin/git; echo works >/usr/bin/git');
    folder = join(bakes.source, 'work');
    mkdirSync(folder);
    writeFileSync(join(folder, 'variables.json'), JSON.stringify(VARIABLES));
  }, 600_000);
  afterAll(async () => {
    bakes?.remove();
    await aws?.stop();
  });

  const packer = (words: string[], environment: Record<string, string> = {}) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const env = {
        ...{ PATH: `${BIN}:${process.env.PATH}`, HOME: process.env.HOME ?? '/' },
        ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: aws.url },
        ...{ MUSTER_LOCAL_STATE_DIR: bakes.stateDir, ...environment },
      };
      execFile('packer', words, { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: `${stdout}${stderr}` }),
      );
    });
  const build = (environment: Record<string, string> = {}) =>
    packer(
      [
        'build',
        '-color=false',
        '-only=runner.amazon-ebs.aws',
        '-var-file=variables.json',
        join(bakes.source, 'packer'),
      ],
      environment,
    );
  const made = async () => {
    const id = parseManifest(readFileSync(join(folder, 'packer-manifest.json'), 'utf8'), REGION);
    const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
    const tags = Object.fromEntries((image?.Tags ?? []).map(({ Key, Value }) => [Key, Value ?? '']));
    return { id, image, tags, git: readFileSync(join(tags['local:rootfs'] ?? '', 'usr/bin/git'), 'utf8') };
  };

  test('is new enough, and has its plugin', async () => {
    expect(await packer(['version'])).toMatchObject({ code: 0, output: expect.stringMatching(/v1\.1\d\./) });
    expect((await packer(['init', 'packer'])).code).toBe(0);
    expect((await packer(['plugins', 'installed'])).output).toContain('packer-plugin-amazon_v1.3.9');
  });

  test('bakes once and makes an AMI each time, with the tags of the template', async () => {
    expect(await build()).toMatchObject({ code: 0 });
    const first = await made();
    expect(first.tags).toMatchObject({
      Name: 'muster-test-runner',
      owner: 'ci',
      'muster:environment': 'test',
      'muster:image': 'runner',
      'muster:contract': '3',
      'muster:agents': 'circleci gitlab',
      'muster:toolchains': 'git',
      'muster:commit': '0123abc',
    });
    const again = await build();
    expect(again.output).toContain('made from the same inputs');
    const second = await made();
    expect(second.id).not.toBe(first.id);
    expect(second.tags['local:rootfs']).toBe(first.tags['local:rootfs']);
    const snapshot = second.image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
    const { Snapshots: [tagged] = [] } = await ec2.send(
      new DescribeSnapshotsCommand({ SnapshotIds: [snapshot] }),
    );
    expect(tagged?.Tags).toContainEqual({ Key: 'muster:image', Value: 'runner' });
  });

  test('makes an image whose toolchains fail, and leaves the good one as it is', async () => {
    expect((await build({ MUSTER_LOCAL_BREAK: 'smoke' })).code).toBe(0);
    const broken = await made();
    expect(broken.git).toContain('broken on purpose');
    await build();
    expect((await made()).git).toBe('works\n');
  });

  test('fails, and makes nothing, when told to fail or when the bake does', async () => {
    bakes.writeScript('exit 9');
    const before = readFileSync(join(folder, 'packer-manifest.json'), 'utf8');
    const failed = await build();
    expect(failed.code).toBe(1);
    expect(failed.output).toMatch(/errored: The bake of image runner failed/);
    expect(readFileSync(join(folder, 'packer-manifest.json'), 'utf8')).toBe(before);
  });

  test('is refused outside a local cloud', async () => {
    expect(await build({ AWS_ENDPOINT_URL: '' })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/AWS_ENDPOINT_URL/),
    });
    expect(existsSync(join(folder, 'crash.log'))).toBe(false);
  });
});

test('the source of a build has what set-up would install, and the packer of the local cloud', () => {
  const source = mkdtempSync(join(tmpdir(), 'muster-build-'));
  try {
    const recipe =
      'nightly:\n\t@node -p "require.resolve(\'zod\') && process.env.MORE"\n\t@packer version\n\t@cat $(PINS)\n';
    writeFileSync(join(source, 'Makefile'), `export PATH := $(CURDIR)/.muster/bin:$(PATH)\n${recipe}`);
    mkdirSync(join(source, 'provision'));
    writeFileSync(join(source, 'provision', 'pins.env'), 'A_SHA256_amd64=\nB_SHA256_amd64=abc\n');
    const env = { ...process.env, PATH: `${BIN}:${process.env.PATH}`, MORE: 'given' };
    const words = ['--no-print-directory', 'nightly'];
    const output = execFileSync('make', words, { cwd: source, env, encoding: 'utf8' });
    expect(output).toMatch(/^given\nPacker v1\.1\d\.\d+\nA_SHA256_amd64=0{64}\n$/);
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
});

describe('the words of packer build', () => {
  const words = Object.entries(VARIABLES)
    .filter(([, value]) => typeof value === 'string')
    .map(([key, value]) => `-var=${key}=${value}`);

  test('may carry variables', () => {
    expect(parseBuild([...words, '/project/packer'], '/')).toMatchObject({
      variables: { image: 'runner', manifest: 'packer-manifest.json' },
      template: '/project/packer',
    });
  });

  test.each([
    ['another builder', [...words, '-only=runner.null.local', 'packer'], /runner\.null\.local/],
    ['a word that is not known', [...words, '-force', 'packer'], /-force/],
    ['no template', words, /template/],
    ['a variable that is missing', ['packer'], /image/],
  ])('with %s are refused', (_, given, message) => {
    expect(() => parseBuild(given, '/')).toThrow(message);
  });

  test('break nothing but what is known', () => {
    expect([undefined, '', 'smoke'].map(parseBreak)).toEqual([null, null, 'smoke']);
    expect(() => parseBreak('all')).toThrow(/MUSTER_LOCAL_BREAK/);
  });
});
