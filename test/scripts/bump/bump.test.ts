/** The pins of this project, raised from feeds that a server on this machine gives. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bumpAll, toLines } from '../../../scripts/bump/bump-all';
import { SOURCES } from '../../../scripts/bump/sources';
import { chooseNewest, compareVersions } from '../../../scripts/bump/versions';
import { type Served, serve } from '../../lambda/scaler/serve';
import { FEEDS, sumOf } from './feeds';

const PROJECT = join(__dirname, '../../..');
const PATHS = ['provision/pins.env', 'scripts/setup.d/hashicorp.sh'];
const PINS = PATHS[0] ?? '';
const TOOLS = PATHS[1] ?? '';

/** The real files, with versions that the feeds go beyond: what they pin today is not this test's matter. */
const OLD: Record<string, string> = {
  CIRCLECI_RUNNER: '3.1.12',
  GITLAB_RUNNER: '19.0.1',
  SSM_AGENT: '3.3.5226.0',
  ECS_INIT: '1.108.2',
  NODE: '24.15.0',
  GO: '1.26.8',
  RUST: '1.98.1',
  NOMAD: '1.10.5',
  ACTIONS_RUNNER: '2.338.0',
  TERRAFORM: '1.11.4',
  PACKER: '1.12.0',
};
function makeFiles() {
  const texts = new Map(PATHS.map((path) => [path, readFileSync(join(PROJECT, path), 'utf8')]));
  for (const { name, file, pin } of SOURCES) {
    const text = texts.get(file) ?? '';
    texts.set(file, pin.write(text, { ...pin.read(text), version: OLD[name] ?? '' }));
  }
  const before = new Map(texts);
  return {
    before: (path: string) => before.get(path) ?? '',
    after: (path: string) => texts.get(path) ?? '',
    read: (path: string) => texts.get(path) ?? '',
    write: (path: string, text: string) => texts.set(path, text),
  };
}

let server: Served;
let feeds: Record<string, string | undefined>;
beforeEach(async () => {
  feeds = { ...FEEDS };
  server = await serve((request, response) => {
    const text = feeds[request.url?.slice(1) ?? ''];
    response.writeHead(text === undefined ? 404 : 200).end(text ?? 'not here');
  });
});
afterEach(() => server.close());

/** As scripts/bump.ts asks, but this server for every host. */
async function get(address: string, method = 'GET'): Promise<Response> {
  const response = await fetch(`${server.url}/${address.replace('https://', '')}`, { method });
  if (!response.ok) throw new Error(`${address}: status ${response.status}`);
  return response;
}
async function run(files = makeFiles()) {
  return { files, result: await bumpAll(SOURCES, files, get) };
}
const pinOf = (name: string, files: ReturnType<typeof makeFiles>) => {
  const source = SOURCES.find((candidate) => candidate.name === name);
  return source?.pin.read(files.after(source.file));
};

test('every pin is raised to the newest of its major version, with its checksums', async () => {
  const { files, result } = await run();
  expect(result.failures).toEqual([]);
  expect(Object.fromEntries(SOURCES.map(({ name }) => [name, pinOf(name, files)]))).toEqual({
    CIRCLECI_RUNNER: {
      version: '3.1.13',
      sums: { amd64: sumOf('runner amd64'), arm64: sumOf('runner arm64') },
    },
    SSM_AGENT: { version: '3.3.6000.0', sums: { amd64: sumOf('ssm amd64'), arm64: sumOf('ssm arm64') } },
    ECS_INIT: { version: '1.109.0', sums: { amd64: sumOf('ecs amd64'), arm64: sumOf('ecs arm64') } },
    GITLAB_RUNNER: {
      version: '19.1.3',
      sums: { amd64: sumOf('gitlab amd64'), arm64: sumOf('gitlab arm64') },
    },
    NODE: { version: '24.16.0', sums: { x64: sumOf('node x64'), arm64: sumOf('node arm64') } },
    GO: { version: '1.27.1', sums: { amd64: sumOf('go 1.27.1 amd64'), arm64: sumOf('go 1.27.1 arm64') } },
    RUST: { version: '1.99.0', sums: { x86_64: sumOf('rust x86_64'), aarch64: sumOf('rust aarch64') } },
    NOMAD: {
      version: '1.11.2',
      sums: { amd64: sumOf('nomad 1.11.2 linux_amd64'), arm64: sumOf('nomad 1.11.2 linux_arm64') },
    },
    ACTIONS_RUNNER: {
      version: '2.340.0',
      sums: { x64: sumOf('runner linux-x64'), arm64: sumOf('runner linux-arm64') },
    },
    TERRAFORM: {
      version: '1.13.2',
      sums: { amd64: sumOf('terraform 1.13.2 linux_amd64'), arm64: sumOf('terraform 1.13.2 linux_arm64') },
    },
    PACKER: {
      version: '1.14.1',
      sums: { amd64: sumOf('packer 1.14.1 linux_amd64'), arm64: sumOf('packer 1.14.1 linux_arm64') },
    },
  });
});

test('nothing else in the files changes', async () => {
  const { files } = await run();
  const rest = (text: string) =>
    text
      .replace(/^((?:CIRCLECI_RUNNER|ECS_INIT)_SHA256_\w+=).*/gm, '$1')
      .replace(/\b[0-9a-f]{64}\b/g, '')
      .replace(/^(\w+_VERSION=|readonly ).*/gm, '$1')
      .replace(/\[(terraform|packer)_[\d.]+_/g, '[$1_');
  for (const path of PATHS) expect(rest(files.after(path))).toBe(rest(files.before(path)));
});

test('a second run changes nothing', async () => {
  const { files } = await run();
  const texts = PATHS.map(files.after);
  const { result } = await run(files);
  expect(result.failures).toEqual([]);
  expect(PATHS.map(files.after)).toEqual(texts);
  expect(result.rows.every(({ from, to }) => from === to)).toBe(true);
});

test('a later major version is told, not taken', async () => {
  const { result } = await run();
  const notes = (name: string) => result.rows.find((row) => row.name === name)?.notes.join();
  expect([notes('GITLAB_RUNNER'), notes('NODE')]).toEqual([
    expect.stringContaining('20.0.0'),
    expect.stringContaining('26.1.0'),
  ]);
});

test('a checksum that nobody publishes is marked as of one download', async () => {
  const { result } = await run();
  const marked = result.rows
    .filter(({ notes }) => notes.join().includes('one download'))
    .map(({ name }) => name);
  expect(marked).toEqual(['CIRCLECI_RUNNER', 'SSM_AGENT', 'ECS_INIT']);
});

test.each<[string, string, string, string | undefined]>([
  ['a feed that is gone', 'NODE', 'nodejs.org/dist/index.json', undefined],
  [
    'a feed that is no feed',
    'GITLAB_RUNNER',
    'gitlab.com/api/v4/projects/gitlab-org%2Fgitlab-runner/releases?per_page=100',
    '<html>',
  ],
  [
    'a feed without releases',
    'RUST',
    'static.rust-lang.org/dist/channel-rust-stable.toml',
    '[pkg.rust]\nversion = "1.99.0; rm -rf /"',
  ],
  [
    'checksums without the file',
    'GITLAB_RUNNER',
    'gitlab-runner-downloads.s3.amazonaws.com/v19.1.3/release.sha256',
    'abc *deb/gitlab-runner_amd64.deb',
  ],
  [
    'a download that is gone',
    'SSM_AGENT',
    's3.amazonaws.com/ec2-downloads-windows/SSMAgent/3.3.6000.0/debian_arm64/amazon-ssm-agent.deb',
    undefined,
  ],
  [
    'notes of a release that have lost their marks',
    'ACTIONS_RUNNER',
    'api.github.com/repos/actions/runner/releases/tags/v2.340.0',
    JSON.stringify({ body: sumOf('runner linux-x64') }),
  ],
  ['a feed that is ahead of its downloads', 'GO', 'go.dev/dl/go1.27.1.linux-arm64.tar.gz', undefined],
  [
    'checksums that are gone',
    'TERRAFORM',
    'releases.hashicorp.com/terraform/1.13.2/terraform_1.13.2_SHA256SUMS',
    undefined,
  ],
])('%s leaves its pin, is told, and the others are raised', async (_what, name, address, text) => {
  feeds[address] = text;
  const { files, result } = await run();
  expect(result.failures).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
  expect(pinOf(name, files)?.version).toBe(OLD[name]);
  expect(result.rows.filter(({ from, to }) => from !== to)).toHaveLength(SOURCES.length - 1);
  expect(toLines(result).at(-1)).toMatch(new RegExp(`✖ ${name}`));
});

test('a version that is what it was, but not its checksum, is told', async () => {
  const { files } = await run();
  feeds['nodejs.org/dist/v24.16.0/SHASUMS256.txt'] = FEEDS[
    'nodejs.org/dist/v24.16.0/SHASUMS256.txt'
  ]?.replaceAll(sumOf('node x64'), sumOf('something else'));
  const { result } = await run(files);
  expect(result.failures).toEqual([expect.stringMatching(/NODE: .*24\.16\.0.*who changed it/)]);
  expect(pinOf('NODE', files)?.sums.x64).toBe(sumOf('node x64'));
});

test('what is left out of the bake stays left out', async () => {
  const files = makeFiles();
  files.write(PINS, files.read(PINS).replace(/^SSM_AGENT_VERSION=.*/m, 'SSM_AGENT_VERSION=none'));
  await run(files);
  expect(pinOf('SSM_AGENT', files)?.version).toBe('none');
});

test('a pin is never lowered', () => {
  expect(chooseNewest('24.15.0', ['24.9.9', '22.99.0'])).toEqual({ version: '24.15.0' });
  expect(compareVersions('1.10', '1.9.9')).toBeGreaterThan(0);
  expect(compareVersions('3.3.5226.0', '3.3.5226')).toBe(0);
});

test('the files of the project have a pin for every source', () => {
  const files = makeFiles();
  expect(SOURCES.filter(({ file }) => ![PINS, TOOLS].includes(file))).toEqual([]);
  for (const { name } of SOURCES) expect(Object.keys(pinOf(name, files)?.sums ?? {})).toHaveLength(2);
});
