/** make runner-image, as a process against the local AWS; what builds and pushes is a stand-in. */
import { readParameter } from '../../../scripts/promote-image';
import type { RunnerImageClients } from '../../../scripts/runner-image/clients';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { writeConfigDirectory } from '../config-directory';
import { runScript } from '../run-script';
import { writeTemporaryFile } from '../temporary-file';
import { type Builder, makeBuilder } from './fake-builder';
import {
  addGithub,
  createClientsFor,
  deployFamily,
  deployRepository,
  FARGATE,
  HOSTED,
  listRevisions,
  PARAMETER,
  readFamily,
  removeGithub,
} from './github-environment';

jest.setTimeout(240_000);

let aws: LocalAws;
let clients: RunnerImageClients;
let MUSTER_CONFIG_DIR: string;
beforeAll(async () => {
  aws = await startLocalAws();
  clients = createClientsFor(aws);
});
afterAll(() => aws?.stop());
beforeEach(() => {
  MUSTER_CONFIG_DIR = writeConfigDirectory(addGithub);
});
afterEach(async () => {
  await aws.local('DELETE', 'faults');
  await removeGithub(clients);
});

const PINS = 'ACTIONS_RUNNER_VERSION=2.338.0\n';

const run = (
  builder: Builder,
  variables: Record<string, string> = {},
  script = 'runner-image',
  onOutput: Parameters<typeof runScript>[1]['onOutput'] = () => {},
) =>
  runScript(script, {
    ...{ aws, onOutput },
    variables: {
      PATH: `${builder.directory}:${process.env.PATH}`,
      BUILDER: 'docker',
      PINS: writeTemporaryFile(PINS),
      COMMIT: '0123456789ab',
      MUSTER_CONFIG_DIR,
      ...variables,
    },
  });

const readPromoted = () => readParameter(clients.ssm, PARAMETER);
const verbs = (builder: Builder) => builder.calls().map(({ words }) => words[0]);

test('what was built is pushed, promoted, and what the next runner starts from', async () => {
  const repository = await deployRepository(clients);
  await deployFamily(clients, FARGATE, `${repository}:none`);
  await deployFamily(clients, HOSTED, `${repository}:none`);
  const [fargate] = [await readFamily(clients, FARGATE)];
  const builder = makeBuilder();
  const { status, output } = await run(builder);
  expect({ status, output }).toMatchObject({ status: 0 });
  expect(output).toMatch(/Built and promoted 2\.338\.0-\d{8}-\d{6}-0123456789ab \(sha256:[0-9a-f]{64}\)/);

  const digest = await readPromoted();
  expect(digest).toMatch(/^sha256:/);
  const after = await readFamily(clients, FARGATE);
  expect(after.image).toBe(`${repository}@${digest}`);
  expect((await readFamily(clients, HOSTED)).image).toBe(`${repository}@${digest}`);
  // Nothing else about it changes.
  const rest = ({ taskDefinition, tags }: typeof after) => ({
    ...taskDefinition,
    containerDefinitions: taskDefinition?.containerDefinitions?.map((one) => ({ ...one, image: '' })),
    ...{ taskDefinitionArn: '', revision: 0, registeredAt: 0 },
    tags,
  });
  expect({ ...rest(after), registeredBy: '' }).toEqual({ ...rest(fargate), registeredBy: '' });
});

test('a family keeps one revision, so that a destroy leaves none', async () => {
  const repository = await deployRepository(clients);
  await deployFamily(clients, FARGATE, `${repository}:none`);
  await run(makeBuilder());
  expect(await listRevisions(clients, FARGATE)).toEqual([
    (await readFamily(clients, FARGATE)).taskDefinition?.taskDefinitionArn,
  ]);
});

test('the password of the registry is neither an argument nor in the environment, and stays in no folder of the person', async () => {
  await deployRepository(clients);
  const builder = makeBuilder();
  await run(builder, { DOCKER_CONFIG: '/home/person/.docker' });
  const login = builder.calls().find(({ words }) => words[0] === 'login');
  const password = login?.input ?? '';
  expect(login?.words).toContain('--password-stdin');
  expect(password.length).toBeGreaterThan(8);
  for (const { words, environment } of builder.calls()) {
    expect(words.join(' ')).not.toContain(password);
    expect(environment).not.toContain(password);
  }
  expect(login?.environment).not.toContain('/home/person/.docker');
});

test('the build is of the config: its toolchains, its architecture, its proxy, and never from a cache', async () => {
  await deployRepository(clients);
  MUSTER_CONFIG_DIR = writeConfigDirectory((raw) => {
    addGithub(raw);
    raw.githubEcs.image = { architecture: 'arm64', toolchains: ['git', 'node'] };
    raw.images.host.architecture = 'arm64';
    raw.githubEcs.hosts.instanceTypes = ['m7g.large'];
    raw.organization = { proxy: 'http://proxy.example.com:3128', noProxy: ['.example.com'] };
  });
  const builder = makeBuilder();
  const { output } = await run(builder, {
    BASE_IMAGE: 'localhost/base',
    BUILD_OPTIONS: '--network=host --quiet',
  });
  expect(output).toContain('emulating arm64');
  const words = builder.calls().find((call) => call.words[0] === 'build')?.words ?? [];
  expect(words.join(' ')).toMatch(
    /--platform linux\/arm64 --no-cache --build-arg TOOLCHAINS=git,node --build-arg COMMIT=0123456789ab --build-arg BASE_IMAGE=localhost\/base .*HTTPS_PROXY=http:\/\/proxy.*no_proxy=\.example\.com --secret id=pins,src=\/\S+ --network=host --quiet \.$/,
  );
});

test('before the deploy there is nowhere to push to: that is told, and nothing is built', async () => {
  const builder = makeBuilder();
  const { status, output } = await run(builder);
  expect({ status, output }).toMatchObject({
    status: 1,
    output: expect.stringContaining('make deploy ENV=dev'),
  });
  expect(verbs(builder)).not.toContain('build');
});

test('an environment without runners of GitHub has no image for them', async () => {
  const { status, output } = await run(makeBuilder(), { MUSTER_CONFIG_DIR: writeConfigDirectory() });
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('no githubEcs') });
});

test('without anything that builds, each tells why and what to do', async () => {
  await deployRepository(clients);
  const broken = makeBuilder({ info: 'echo "Cannot connect to the daemon" >&2; exit 1' });
  const { status, output } = await run(broken);
  expect(status).toBe(1);
  expect(output).toMatch(/docker: Cannot connect to the daemon[\s\S]*Install one/);
  expect(verbs(broken)).toEqual(['info']);
});

test.each([
  [
    'a build that fails, or whose image is not as promised',
    { build: 'echo "NOT SO: a job has git"; exit 1' },
    /NOT SO[\s\S]*nothing was pushed or promoted/,
  ],
  [
    'a registry that takes no login',
    { login: 'echo "unauthorized: no way" >&2; exit 1' },
    /could not log in[\s\S]*no way[\s\S]*HTTPS_PROXY/,
  ],
])('%s promotes nothing', async (_case, behaviour, told) => {
  const repository = await deployRepository(clients);
  await deployFamily(clients, FARGATE, `${repository}:none`);
  const builder = makeBuilder(behaviour);
  const { status, output } = await run(builder);
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringMatching(told) });
  expect(verbs(builder)).not.toContain('push');
  expect([await readPromoted(), (await readFamily(clients, FARGATE)).image]).toEqual([
    'none',
    `${repository}:none`,
  ]);
});

test('a signal ends the build, and nothing is pushed or promoted', async () => {
  await deployRepository(clients);
  const builder = makeBuilder({ build: 'echo building; exec sleep 120' });
  let signalled = false;
  const { status, output } = await run(builder, {}, 'runner-image', (seen, kill) => {
    // Once: a second signal would end the script before it has ended the build.
    if (signalled || !/^building$/m.test(seen)) return;
    signalled = true;
    kill('SIGTERM');
  });
  expect({ status, output }).toMatchObject({
    status: 1,
    output: expect.stringContaining('Stopped by SIGTERM'),
  });
  expect(verbs(builder)).not.toContain('push');
  expect(await readPromoted()).toBe('none');
});

test('a task definition that cannot be registered is told, the others are, and again completes it', async () => {
  const repository = await deployRepository(clients);
  await deployFamily(clients, FARGATE, `${repository}:none`);
  await deployFamily(clients, HOSTED, `${repository}:none`);
  await aws.local('POST', 'faults', {
    ...{ service: 'ecs', operation: 'RegisterTaskDefinition', resource: null, count: 1 },
    ...{ status: 400, code: 'AccessDeniedException', message: 'not you', delayMs: 0 },
  });
  const { status, output } = await run(makeBuilder());
  const digest = (await readPromoted()) ?? '';
  expect(status).toBe(1);
  expect(output).toMatch(/is promoted, but not all is done:\n- \S+: AccessDeniedException/);
  expect(output).toContain(`make runner-image ENV=dev VERSION=${digest}`);

  const builder = makeBuilder();
  expect(await run(builder, { VERSION: digest })).toMatchObject({ status: 0 });
  expect(verbs(builder)).toEqual([]);
  for (const family of [FARGATE, HOSTED])
    expect((await readFamily(clients, family)).image).toBe(`${repository}@${digest}`);
});

describe('going back', () => {
  /** Two builds. @returns their tags and digests, the first first */
  async function buildTwice() {
    const built = [];
    for (const COMMIT of ['first', 'second']) {
      const { output } = await run(makeBuilder(), { COMMIT });
      const [, tag = '', digest = ''] = /promoted (\S+) \((sha256:\w+)\)/.exec(output) ?? [];
      built.push({ tag, digest });
    }
    return built;
  }

  test('is to the image that was promoted before, and once more is back', async () => {
    const repository = await deployRepository(clients);
    await deployFamily(clients, FARGATE, `${repository}:none`);
    const [first, second] = await buildTwice();
    expect(await readPromoted()).toBe(second?.digest);
    expect(await run(makeBuilder(), { ROLLBACK: '1' })).toMatchObject({ status: 0 });
    expect(await readPromoted()).toBe(first?.digest);
    expect((await readFamily(clients, FARGATE)).image).toBe(`${repository}@${first?.digest}`);
    await run(makeBuilder(), { ROLLBACK: '1' });
    expect(await readPromoted()).toBe(second?.digest);
  });

  test('to a tag that is not there lists those that are, and changes nothing', async () => {
    await deployRepository(clients);
    const [first, second] = await buildTwice();
    const { status, output } = await run(makeBuilder(), { VERSION: 'newest' });
    expect(status).toBe(1);
    expect(output).toContain(`VERSION=${first?.tag}  (${first?.digest})`);
    expect(await readPromoted()).toBe(second?.digest);
    expect(await run(makeBuilder(), { VERSION: first?.tag ?? '' })).toMatchObject({ status: 0 });
    expect(await readPromoted()).toBe(first?.digest);
  });

  test('from the only one there is, is refused', async () => {
    await deployRepository(clients);
    await run(makeBuilder());
    const { status, output } = await run(makeBuilder(), { ROLLBACK: '1' });
    expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('the only') });
  });
});

test('a night renews it beside the images of machines', async () => {
  const repository = await deployRepository(clients);
  await deployFamily(clients, FARGATE, `${repository}:none`);
  const { status, output } = await run(makeBuilder(), { IMAGES: 'githubEcs' }, 'nightly');
  expect({ status, output }).toMatchObject({
    status: 0,
    output: expect.stringMatching(/✔ githubEcs: 2\.338\.0-/),
  });
  expect((await readFamily(clients, FARGATE)).image).toBe(`${repository}@${await readPromoted()}`);
});
