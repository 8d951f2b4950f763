import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proposeChanges } from '../../../scripts/request/propose-changes';
import { toPlace } from '../../../scripts/request/to-place';
import { type StandIn, startStandIn } from './stand-in';

const proposal = {
  branch: 'muster/bump',
  target: 'develop',
  title: 'Raise the pinned versions',
  body: 'Why.',
};
const TOKEN = ['token', 'of', 'a', 'test'].join('-');

let forge: StandIn;
let directory: string;
let calls: string[][];
/** Real git, but for the push: it goes to a bare repository beside, without credentials. */
const git = async (...args: string[]): Promise<string> => {
  calls.push(args);
  const bare = join(directory, 'bare');
  const rest = args.includes('push') ? ['push', '--force', bare, args.at(-1) ?? ''] : args;
  return execFileSync('git', rest, { cwd: join(directory, 'tree'), encoding: 'utf8', stdio: 'pipe' });
};

beforeEach(async () => {
  forge = await startStandIn();
  calls = [];
  directory = mkdtempSync(join(tmpdir(), 'muster-propose-'));
  const run = (...args: string[]) => execFileSync('git', args, { cwd: directory, stdio: 'pipe' });
  run('init', '--quiet', '--bare', 'bare');
  run('init', '--quiet', '--initial-branch', 'develop', 'tree');
  writeFileSync(join(directory, 'tree/pins'), 'one\n');
  const inTree = ['-C', 'tree', '-c', 'user.name=t', '-c', 'user.email=t@t'];
  run(...inTree, 'add', 'pins');
  run(...inTree, 'commit', '--quiet', '--message', 'first');
});
afterEach(async () => {
  await forge.close();
  rmSync(directory, { recursive: true });
});

const place = () =>
  toPlace(
    {
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: forge.url,
      GITHUB_REPOSITORY: 'acme/app',
      GITHUB_TOKEN: TOKEN,
    },
    async () => {},
  );
const change = (text: string) => writeFileSync(join(directory, 'tree/pins'), text);
const pushed = () =>
  execFileSync('git', ['-C', join(directory, 'bare'), 'show', 'muster/bump:pins'], { encoding: 'utf8' });

test('what is changed is pushed and proposed', async () => {
  change('two\n');
  await proposeChanges(place(), proposal, git);
  expect(pushed()).toBe('two\n');
  expect(forge.requests).toEqual([{ number: 1, branch: 'muster/bump', target: 'develop', body: 'Why.' }]);
});

test('the next time the same request shows the newer change', async () => {
  change('two\n');
  await proposeChanges(place(), proposal, git);
  change('three\n');
  await proposeChanges(place(), proposal, git);
  expect(pushed()).toBe('three\n');
  expect(forge.requests).toHaveLength(1);
});

test('without a change nothing is proposed', async () => {
  await proposeChanges(place(), proposal, git);
  expect(forge.calls).toEqual([]);
});

test('a file that nobody knows is not proposed', async () => {
  writeFileSync(join(directory, 'tree/credentials'), 'x');
  await proposeChanges(place(), proposal, git);
  expect(forge.calls).toEqual([]);
  expect(existsSync(join(directory, 'tree/credentials'))).toBe(true);
});

test('the token is in no argument', async () => {
  change('two\n');
  await proposeChanges(place(), proposal, git);
  expect(calls.flat().join(' ')).not.toContain(TOKEN);
});

test('git gets the token from the environment when it asks', async () => {
  change('two\n');
  await proposeChanges(place(), proposal, git);
  const push = calls.find((args) => args.includes('push')) ?? [];
  const helpers = push.flatMap((arg, index) =>
    arg.startsWith('credential.helper=') ? ['-c', push[index] ?? ''] : [],
  );
  const answer = execFileSync('git', [...helpers, 'credential', 'fill'], {
    cwd: join(directory, 'tree'),
    encoding: 'utf8',
    input: 'protocol=https\nhost=github.com\n\n',
    env: { ...process.env, GITHUB_TOKEN: TOKEN },
  });
  expect(answer).toContain(`username=x-access-token\npassword=${TOKEN}\n`);
});
