/** make runner-image for real: Podman builds the project's own Containerfile and pushes it to the local ECR. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Builder, startBuilder } from '../../../local/containers/builder';
import { readParameter } from '../../../scripts/promote-image';
import type { RunnerImageClients } from '../../../scripts/runner-image/clients';
import { findRunnerImage } from '../../../scripts/runner-image/read-images';
import { describeAsRoot } from '../../as-root';
import { logIn } from '../../local/container-image';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { writeConfigDirectory } from '../config-directory';
import { type Result, runScript } from '../run-script';
import { writeTemporaryFile } from '../temporary-file';
import {
  addGithub,
  createClientsFor,
  deployFamily,
  deployRepository,
  FARGATE,
  PARAMETER,
  readFamily,
} from './github-environment';

/** A base from nothing (debootstrap), the toolchains of the image, and the build, on a machine that does other things too. */
const MINUTES = 60_000;
jest.setTimeout(15 * MINUTES);

const TOOLCHAINS = ['git'];

describeAsRoot('with Podman', () => {
  let aws: LocalAws;
  let clients: RunnerImageClients;
  let builder: Builder;
  let home: string;
  let repository: string;
  let first: Result;
  let digest: string;

  const run = (variables: Record<string, string> = {}) =>
    runScript('runner-image', {
      aws,
      variables: {
        ...{ PATH: process.env.PATH ?? '', HOME: home, COMMIT: '0123456789ab' },
        ...builder.environment,
        MUSTER_CONFIG_DIR: writeConfigDirectory((raw) => {
          addGithub(raw);
          raw.githubEcs.image = { toolchains: TOOLCHAINS };
        }),
        ...variables,
      },
    });

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'muster-home-'));
    builder = await startBuilder({ toolchains: TOOLCHAINS, log: () => {} });
    aws = await startLocalAws();
    clients = createClientsFor(aws);
    repository = await deployRepository(clients);
    await deployFamily(clients, FARGATE, `${repository}:none`);
    first = await run();
    digest = (await readParameter(clients.ssm, PARAMETER)) ?? '';
  });
  afterAll(async () => {
    await aws?.stop();
    await builder?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  test('the image of the Containerfile is in ECR, promoted, and what the next runner starts from', async () => {
    expect(first).toMatchObject({ status: 0, output: expect.stringContaining('The image is as promised.') });
    expect(await findRunnerImage(clients.ecr, 'dev', { imageDigest: digest })).toMatchObject({
      tag: expect.stringMatching(/^2\.\d+\.\d+-\d{8}-\d{6}-0123456789ab$/),
    });
    expect((await readFamily(clients, FARGATE)).image).toBe(`${repository}@${digest}`);
  });

  test('what is pulled by that digest is the runner, and says from what it was built', async () => {
    const { credentials } = await logIn(aws);
    const words = ['inspect', '--config', '--tls-verify=false', '--creds', credentials];
    const inspected = JSON.parse(
      execFileSync('skopeo', [...words, `docker://${repository}@${digest}`], { encoding: 'utf8' }),
    );
    expect(inspected.config).toMatchObject({
      User: '1001:1001',
      Entrypoint: ['/usr/bin/env', '/usr/bin/tini', '--', '/usr/lib/muster/entrypoint'],
      Labels: { 'org.opencontainers.image.revision': '0123456789ab' },
    });
    expect(inspected.architecture).toBe('amd64');
  });

  test('neither an image nor a login stays on the machine that built', () => {
    const env = { ...process.env, ...builder.environment, HOME: home };
    const images = execFileSync('podman', ['images', '--format', '{{.Repository}}'], {
      env,
      encoding: 'utf8',
    });
    expect(images).not.toContain('github-runner');
    const left = execFileSync('find', [home, '-name', 'auth.json', '-o', '-name', 'config.json'], {
      encoding: 'utf8',
    });
    expect(left).toBe('');
  });

  test('an image that is not as promised is neither pushed nor promoted', async () => {
    // The runner that is downloaded is another one than the pin says.
    const pins = readFileSync(builder.environment.PINS ?? '', 'utf8');
    const PINS = writeTemporaryFile(pins.replace(/^(ACTIONS_RUNNER_VERSION)=.*/m, '$1=9.9.9'));
    const { status, output } = await run({ PINS });
    expect({ status, output }).toMatchObject({
      status: 1,
      output: expect.stringMatching(/NOT SO: the runner is the pinned one[\s\S]*nothing was pushed/),
    });
    expect(await readParameter(clients.ssm, PARAMETER)).toBe(digest);
  });
});
