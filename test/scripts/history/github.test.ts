import { buildRunnerName } from '../../../github/runner-name';
import type { GithubCredentials } from '../../../github/types';
import { readGithub } from '../../../scripts/history/github';
import { type FakeGithub, reply, times } from '../../github/github-server';
import { type FakeRun, jobOf, runOf, serveRuns } from './github-runs';
import { ago, at, failure, HOUR, makeWorld, NOW, readAll, type World } from './world';

const DAY = 24 * HOUR;
const TOKEN: GithubCredentials = { kind: 'token', token: 'github_pat_canary' };
let github: FakeGithub & { runs: FakeRun[] };
let world: World;
beforeEach(async () => {
  github = await serveRuns();
  world = makeWorld();
});
afterEach(() => github.close());

const RULES = [{ name: 'app', repository: 'acme/app' }];
const open = ({
  credentials = TOKEN as GithubCredentials,
  labels = ['self-hosted', 'Linux'],
  rules = RULES,
} = {}) =>
  readGithub(
    { ci: 'github', name: 'hub', baseUrl: github.url, environment: 'dev', rules, labels },
    credentials,
    world,
  );
const read = (given: Parameters<typeof open>[0] = {}) => readAll(open(given));
const nameOf = (rule: string, seconds: number) =>
  buildRunnerName({ environment: 'dev', rule, mintedAt: at(seconds), random: '0a1b2c3d' });
const asked = (part: string) => github.calls.filter(({ path }) => path.includes(part));

test('a job was submitted when it was created, and its duration is its run alone', async () => {
  await expect(read()).resolves.toEqual([{ submitted: at(7_200), duration: 300, waited: 60, fleet: 'app' }]);
});

test('a job on a runner of a rule is of that rule, and was wanted when the runner was asked for', async () => {
  github.runs = [
    runOf({ jobs: [jobOf({ labels: ['self-hosted', nameOf('big', 7_250)] }), jobOf({ runner_id: 5 })] }),
  ];
  const rules = [...RULES, { name: 'big', repository: 'acme/app' }];
  await expect(read({ labels: [], rules })).resolves.toEqual([
    { submitted: at(7_250), duration: 300, waited: 110, fleet: 'big' },
  ]);
  expect(world.missed).toEqual(['labels self-hosted,linux']);
});

test('a job is none that never had a runner, has other labels, or still runs', async () => {
  github.runs = [
    runOf({
      jobs: [
        jobOf({ runner_id: 0 }),
        jobOf({ runner_id: null, conclusion: 'skipped' }),
        jobOf({ runner_id: 6, labels: ['ubuntu-latest'] }),
        jobOf({ runner_id: 7, completed_at: null, status: 'in_progress', conclusion: null }),
      ],
    }),
  ];
  await expect(read()).resolves.toEqual([]);
  expect(world.missed).toEqual(['labels ubuntu-latest']);
});

test('all attempts count, and what an attempt only shows again does not', async () => {
  const again = jobOf({ id: 3, run_attempt: 2, created_at: ago(6_000) });
  const rerun = jobOf({
    id: 4,
    run_attempt: 2,
    runner_id: 9,
    started_at: ago(5_000),
    completed_at: ago(4_000),
  });
  github.runs = [runOf({ jobs: [jobOf(), jobOf({ id: 2, runner_id: 5 }), again, rerun] })];
  await expect(read()).resolves.toHaveLength(3);
});

test('all pages of jobs are read', async () => {
  github.runs = [
    runOf({ jobs: Array.from({ length: 130 }, (_, id) => jobOf({ name: `job ${id}`, runner_id: id + 1 })) }),
  ];
  await expect(read()).resolves.toHaveLength(130);
});

test('what is submitted before the days is left out; a run that ended before them is not asked for', async () => {
  github.runs = [
    runOf({ id: 1, created: 7 * DAY + HOUR, updated: 7 * DAY + 60 }),
    runOf({
      id: 2,
      created: 7 * DAY + HOUR,
      updated: 6 * DAY,
      jobs: [
        jobOf({ created_at: ago(7 * DAY + 60), started_at: ago(7 * DAY), completed_at: ago(7 * DAY - 60) }),
        jobOf({ created_at: ago(7 * DAY - 60), started_at: ago(7 * DAY - 90), completed_at: ago(6 * DAY) }),
      ],
    }),
    runOf({ id: 3, created: 9 * DAY, updated: 100 }),
  ];
  await expect(read()).resolves.toMatchObject([{ submitted: at(7 * DAY - 60) }]);
  expect(asked('/runs/1/')).toHaveLength(0);
  expect(asked('/runs/3/')).toHaveLength(0);
});

test('of more runs than one search tells none is lost', async () => {
  github.runs = Array.from({ length: 2_300 }, (_, id) => runOf({ id: id + 1, created: 60 + id * 200 }));
  const keys = new Set<string>();
  for await (const { key } of open().pieces) keys.add(key);
  expect(keys.size).toBe(2_300);
  expect(world.said).toEqual([]);
});

test('two rules of one repository read its runs once', async () => {
  await read({ labels: [], rules: [...RULES, { name: 'big', repository: 'acme/app' }] });
  expect(github.calls).toHaveLength(2);
});

test('an App asks with a token of its installation that may read runs, and with another when that is refused', async () => {
  const credentials: GithubCredentials = { kind: 'app', ...github.app };
  github.instead.unshift(
    times(1, '/runs/1/jobs', (_call, response) => reply(response, 401, { message: 'Bad credentials' })),
  );
  // The claims of its token are checked against the real time.
  world = makeWorld(Date.now());
  await expect(read({ credentials })).resolves.toHaveLength(1);
  const made = github.calls.filter(({ path }) => path.endsWith('/access_tokens'));
  expect(made.map(({ body }) => body)).toEqual(
    Array(2).fill({ repositories: ['app'], permissions: { actions: 'read' } }),
  );
});

test.each([
  ['no permission', 403, { message: 'Resource not accessible by personal access token' }, /Actions: read/],
  ['a wrong token', 401, { message: 'Bad credentials' }, /wrong, expired or revoked/],
  ['another repository', 404, { message: 'Not Found' }, /name of the repository/],
  ['a moved repository', 301, { message: 'Moved Permanently' }, /renamed or moved/],
])('%s is an error that says what to do', async (_what, status, body, remedy) => {
  github.instead.unshift((_call, response) => reply(response, status, body));
  const { message } = await failure(read());
  expect(message).toMatch(remedy);
  expect(message).toMatch(new RegExp(`GET /repos/acme/app/actions/runs was answered with ${status}`));
  expect(message).not.toMatch(/canary/);
  expect(message).not.toMatch(/permission Administration: read and write/);
});

test('an App without the permission is told which one, not the one for removing runners', async () => {
  github.instead.unshift(
    times(1, '/access_tokens', (_call, response) =>
      reply(response, 422, { message: 'The permissions requested are not granted to this installation.' }),
    ),
  );
  world = makeWorld(Date.now());
  const { message } = await failure(read({ credentials: { kind: 'app', ...github.app } }));
  expect(message).toMatch(/not granted.*Give the GitHub App of account hub.*Actions: read.*installation/);
});

test('a used up limit is waited for, and of one that is nearly used up the rest is left to the others', async () => {
  const reset = { 'x-ratelimit-reset': String((NOW + 1_800_000) / 1000), 'x-ratelimit-limit': '5000' };
  github.instead.unshift(
    times(1, '/runs?', (_call, response) => {
      response.removeHeader('date');
      response.sendDate = false;
      return reply(
        response,
        403,
        { message: 'API rate limit exceeded' },
        { ...reset, 'x-ratelimit-remaining': '0' },
      );
    }),
  );
  await expect(read()).resolves.toHaveLength(1);
  expect(world.waited()).toBeGreaterThanOrEqual(1_800);
  expect(world.said.join()).toMatch(/goes on in 30 min, at 12:30 UTC/);
});
