/** Against the stand-in GitLab, with jobs that its runners really took; and a list in the documented form for what that has not. */
import type { ServerResponse } from 'node:http';
import { readGitlab } from '../../../scripts/history/gitlab';
import { serve } from '../../lambda/scaler/serve';
import { GitlabBench, PROJECT, READ_TOKEN, RUNNER_ID, RUNNER_TOKEN } from '../../local/gitlab-bench';
import { ago, at, failure, HOUR, makeWorld, NOW, readAll, type World } from './world';

const DAY = 24 * HOUR;
const OTHER_TOKEN = ['glrt', 'of-another'].join('-');
let gitlab: GitlabBench;
let world: World;
beforeEach(async () => {
  gitlab = await GitlabBench.start(1e9);
  world = makeWorld();
});
afterEach(() => gitlab.stop());

const fleetOf = (given = {}) => ({
  name: 'linux',
  runnerId: RUNNER_ID,
  projects: [PROJECT],
  groups: [],
  ...given,
});
const read = ({
  token = READ_TOKEN,
  fleets = [fleetOf()],
  baseUrl = gitlab.url,
  requestsPerMinute = 6_000,
} = {}) =>
  readAll(readGitlab({ ci: 'gitlab', name: 'lab', baseUrl, requestsPerMinute, fleets }, token, world));

/** Jobs that wait for a minute and run for five; seconds before the end of the history. */
async function play(submitted: number, ...jobs: object[]): Promise<void> {
  gitlab.now = at(submitted);
  await gitlab.enqueue(...jobs.map((job) => ({ tags: ['linux'], ...job })));
  for (const token of [RUNNER_TOKEN, OTHER_TOKEN]) {
    for (;;) {
      gitlab.now = at(submitted - 60);
      const job = await gitlab.take({ token });
      if (!job) break;
      gitlab.now = at(submitted - 360);
      await gitlab.update(job, { state: 'success', exit_code: 0 });
    }
  }
  gitlab.now = NOW;
}

test('a job was submitted when it became pending, and its duration is its run alone', async () => {
  await play(7_200, {});
  await expect(read()).resolves.toEqual([
    { submitted: at(7_200), duration: 300, waited: 60, fleet: 'linux' },
  ]);
});

test('all pages are read, and what waits or was submitted before the days is left out', async () => {
  await play(8 * DAY, {}, {});
  await play(2 * DAY, ...Array.from({ length: 120 }, () => ({})));
  await gitlab.enqueue({ tags: ['linux'] });
  await expect(read()).resolves.toHaveLength(120);
});

test('jobs are those that the runner may take: by tags, untagged ones, protected refs', async () => {
  await gitlab.setUp({ runners: [{ id: 8, token: OTHER_TOKEN, tags: ['gpu'], projects: [PROJECT] }] });
  await play(7_200, {}, { tags: [] }, { tags: ['gpu'] }, { ref: 'feature' });
  await expect(read()).resolves.toHaveLength(3);
  expect(world.missed).toEqual(['tags gpu']);
  await gitlab.setUp({ runners: [{ id: RUNNER_ID, accessLevel: 'ref_protected', runUntagged: false }] });
  await expect(read()).resolves.toHaveLength(1);
});

test('of several fleets that may take a job, it is of the one that did', async () => {
  await gitlab.setUp({
    runners: [{ id: 8, token: OTHER_TOKEN, tags: ['linux'], runUntagged: true, projects: [PROJECT] }],
  });
  await gitlab.setUp({ runners: [{ id: RUNNER_ID, tags: [], runUntagged: true }] });
  await play(7_200, {}, { tags: [] });
  await gitlab.setUp({ runners: [{ id: RUNNER_ID, tags: ['linux'], runUntagged: true }] });
  const found = await read({ fleets: [fleetOf(), fleetOf({ name: 'other', runnerId: 8 })] });
  expect(found.map(({ fleet }) => fleet).sort()).toEqual(['linux', 'other']);
});

test('a group has its projects, each once, and an archived one has no jobs', async () => {
  await gitlab.setUp({
    projects: { 'acme/old': {} },
    runners: [{ id: RUNNER_ID, projects: [PROJECT, 'acme/old'] }],
  });
  await play(7_200, {}, { project: 'acme/old' });
  const fleets = [fleetOf({ groups: ['acme'] })];
  await expect(read({ fleets })).resolves.toHaveLength(2);
  await gitlab.setUp({ projects: { 'acme/old': { archived: true } } });
  await expect(read({ fleets })).resolves.toHaveLength(1);
});

test('a project that the token may not see is told, and the others are read', async () => {
  await play(7_200, {});
  await expect(read({ fleets: [fleetOf({ projects: ['acme/gone', PROJECT] })] })).resolves.toHaveLength(1);
  expect(world.said.join()).toMatch(/acme\/gone.*404.*Left out/);
});

test.each([
  ['an unknown token', { token: 'canary' }, /status 401.*make secrets/],
  ['an unknown runner', { fleets: [fleetOf({ runnerId: 99 })] }, /runner 99.*gitlab\.runnerId/],
])('%s is an error that says what to do', async (_what, given, text) => {
  const { message } = await failure(read(given));
  expect(message).toMatch(text);
  expect(message).not.toContain('canary');
});

test('a limit is waited for', async () => {
  await play(7_200, {});
  await gitlab.setUp({ requestsPerMinute: 2 });
  const { sleep } = world.clock;
  world.clock.sleep = async (...given) => {
    await sleep(...given);
    gitlab.now = world.clock.now();
  };
  await expect(read()).resolves.toHaveLength(1);
  expect(world.waited()).toBeGreaterThanOrEqual(60);
});

test('the account has half of its requests: the scaler needs the others', async () => {
  await play(7_200, {});
  await read({ requestsPerMinute: 12 });
  // Runner, project and list, ten seconds apart.
  expect(world.waited()).toBeGreaterThanOrEqual(20);
});

describe('a list in the documented form', () => {
  const asked: string[] = [];
  const serveJobs = (pages: object[][]) =>
    serve((request, response) => {
      const { pathname, searchParams, search } = new URL(request.url ?? '', 'http://gitlab.invalid');
      asked.push(`${pathname}${decodeURIComponent(search)}`);
      const answer = (body: unknown, headers = {}): ServerResponse =>
        response.writeHead(200, headers).end(JSON.stringify(body));
      if (pathname.includes('/runners/'))
        return answer({ tag_list: ['linux'], run_untagged: false, access_level: 'not_protected' });
      if (!pathname.endsWith('/jobs')) return answer({ archived: false });
      const page = Number(searchParams.get('page') ?? 1);
      return answer(pages[page - 1], { 'x-next-page': page < pages.length ? String(page + 1) : '' });
    });
  const job = (given: object = {}) => ({
    id: 1,
    status: 'success',
    created_at: ago(9_000),
    started_at: ago(7_140),
    finished_at: ago(6_840),
    duration: 300.5,
    queued_duration: 60,
    ref: 'main',
    tag: false,
    tag_list: ['linux'],
    runner: { id: RUNNER_ID },
    ...given,
  });
  const readFrom = async (...pages: object[][]) => {
    asked.length = 0;
    const server = await serveJobs(pages);
    try {
      return await read({ baseUrl: server.url });
    } finally {
      await server.close();
    }
  };

  test('a job of a later stage was submitted when that began, not with its pipeline', async () => {
    await expect(readFrom([job()])).resolves.toMatchObject([{ submitted: at(7_200), waited: 60 }]);
  });
  test('without the time of its queueing a job was submitted when it was created', async () => {
    await expect(readFrom([job({ queued_duration: null })])).resolves.toMatchObject([
      { submitted: at(9_000) },
    ]);
  });
  test('a job that was cancelled before it ran is none', async () => {
    await expect(readFrom([job({ started_at: null, queued_duration: null })])).resolves.toEqual([]);
  });
  test('only jobs that ended are asked for, and pages by number are read too', async () => {
    await expect(readFrom([job()], [job({ id: 2 })])).resolves.toHaveLength(2);
    expect(asked.find((path) => path.includes('/jobs?'))).toMatch(
      /scope\[\]=success&scope\[\]=failed&scope\[\]=canceled/,
    );
  });
  test('pages of jobs that are too old are not followed by others', async () => {
    const old = job({
      created_at: ago(9 * DAY),
      started_at: ago(9 * DAY - 60),
      finished_at: ago(9 * DAY - 90),
    });
    await expect(readFrom([job(), old], [old], [job()])).resolves.toHaveLength(1);
  });
  test('another form is told with its address', async () => {
    const { message } = await failure(readFrom([{ ...job(), tag_list: undefined }] as object[]));
    expect(message).toMatch(/projects\/acme%2Fapp\/jobs.*tag_list/);
  });
});
