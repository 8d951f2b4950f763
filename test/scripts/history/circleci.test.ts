import { readCircleci } from '../../../scripts/history/circleci';
import { toApiAddress } from '../../../scripts/history/circleci-api';
import { type FakeCircleci, jobOf, pipelineOf, reply, serveCircleci, TOKEN } from './circleci-server';
import { at, failure, HOUR, makeWorld, readAll, type World } from './world';

let circleci: FakeCircleci;
let world: World;
beforeEach(async () => {
  circleci = await serveCircleci();
  world = makeWorld();
});
afterEach(() => circleci.close());

const DAY = 24 * HOUR;
const read = ({ token = TOKEN, projects = [] as string[] } = {}) =>
  readAll(
    readCircleci(
      {
        ci: 'circleci',
        name: 'main',
        baseUrl: circleci.url,
        fleets: [
          { name: 'linux', resourceClass: 'acme/linux' },
          { name: 'arm', resourceClass: 'acme/arm' },
        ],
        projects,
      },
      token,
      world,
    ),
  );

test('a job was submitted when it was queued, and its duration is its run alone', async () => {
  await expect(read()).resolves.toEqual([
    { submitted: at(7_200), duration: 300, waited: 60, fleet: 'linux' },
  ]);
});

test('all pages of all lists are read, and each job goes to the fleet of its resource class', async () => {
  const jobs = [1, 2, 3, 4, 5].map((number) => jobOf({ number, queued: 9_000 - number }));
  const arm = jobOf({ number: 9, class: 'acme/arm' });
  const others = [7, 8].map((number) => jobOf({ number, class: 'large' }));
  circleci.pipelines = [
    pipelineOf({ id: 'p1', workflows: [jobs, [arm], others] }),
    ...[2, 3, 4].map((n) =>
      pipelineOf({ id: `p${n}`, slug: `gh/acme/lib${n}`, workflows: [[jobOf({ number: 20 + n })]] }),
    ),
  ];
  const found = await read();
  expect(found.map(({ fleet }) => fleet).sort()).toEqual(['arm', ...Array(8).fill('linux')]);
  expect(world.missed).toEqual(['resource class large', 'resource class large']);
});

test('a job with parallelism had as many runners', async () => {
  circleci.pipelines = [pipelineOf({ workflows: [[jobOf({ runs: 4 })]] })];
  await expect(read()).resolves.toHaveLength(4);
});

test('what never ran, still runs, or is an approval is left out, without a question about it', async () => {
  circleci.pipelines = [
    pipelineOf({
      workflows: [
        [
          jobOf({ number: undefined }),
          jobOf({ number: 2, started: undefined, stopped: undefined }),
          jobOf({ number: 3, stopped: undefined }),
        ],
      ],
    }),
  ];
  await expect(read()).resolves.toEqual([]);
  expect(circleci.asked.filter((path) => path.includes('/job/'))).toEqual([]);
});

test('a workflow that was run again lists a job again, which ran once', async () => {
  circleci.pipelines = [
    pipelineOf({ workflows: [[jobOf()], [jobOf(), jobOf({ number: 2, queued: 5_000 })]] }),
  ];
  await expect(read()).resolves.toHaveLength(2);
});

test('what was submitted before the days is left out, and a pipeline of long before is not asked for', async () => {
  const old = jobOf({ number: 5, queued: 7 * DAY + 60, started: 7 * DAY + 30, stopped: 7 * DAY - 60 });
  const approvedLate = jobOf({ number: 6, queued: 6 * DAY, started: 6 * DAY - 10, stopped: 6 * DAY - 20 });
  circleci.pipelines = [
    pipelineOf({ id: 'late', created: 7 * DAY + 2 * HOUR, workflows: [[old, approvedLate]] }),
    ...['old1', 'old2', 'old3', 'old4', 'old5'].map((id) => pipelineOf({ id, created: 9 * DAY })),
  ];
  await expect(read()).resolves.toMatchObject([{ submitted: at(6 * DAY) }]);
  expect(circleci.asked.filter((path) => path.includes('/old'))).toEqual([]);
  // Of three pages of pipelines the first has the late one, the second only old ones.
  expect(circleci.asked.filter((path) => path.startsWith('/api/v2/pipeline?'))).toHaveLength(2);
});

test('named projects are read instead of all that the user follows', async () => {
  circleci.pipelines = [pipelineOf(), pipelineOf({ id: 'other', slug: 'gh/acme/other' })];
  await expect(read({ projects: ['gh/acme/app'] })).resolves.toHaveLength(1);
  expect(circleci.asked[0]).toMatch(/^\/api\/v2\/project\/gh\/acme\/app\/pipeline/);
  expect(circleci.asked.join()).not.toMatch(/me\/collaborations|other/);
});

test('a project that is not there is told, and the others are read', async () => {
  circleci.instead.push(
    (path, response) => path.includes('/gone/') && reply(response, 404, { message: 'Project not found' }),
  );
  await expect(read({ projects: ['gh/acme/gone', 'gh/acme/app'] })).resolves.toHaveLength(1);
  expect(world.said.join()).toContain('project/gh/acme/gone/pipeline');
});

test('a refused token is an error that says which kind is needed, and does not show it', async () => {
  const { message } = await failure(read({ token: 'project-token-canary' }));
  expect(message).toMatch(/status 401.*personal tokens only.*make secrets ACCOUNT=main/);
  expect(message).not.toContain('canary');
});

test('too many requests: it waits as long as it is told, and asks again', async () => {
  let refused = 0;
  circleci.instead.push((path, response) => {
    if (!path.includes('/p1/workflow') || refused === 2) return false;
    refused += 1;
    return reply(response, 429, 'Too many requests', { 'retry-after': '90' });
  });
  await expect(read()).resolves.toHaveLength(1);
  expect(world.waited()).toBeGreaterThanOrEqual(180);
  expect(world.said.join()).toMatch(/CircleCI: too many requests for now; goes on in 90 s, at 12:01 UTC/);
});

test('a failure that passes is asked again, one that stays is told with what was asked', async () => {
  let left = 3;
  circleci.instead.push((path, response) => {
    if (!path.includes('/job/1') || left === 0) return false;
    left -= 1;
    return reply(response, 503, 'no');
  });
  await expect(read()).resolves.toHaveLength(1);
  left = Number.POSITIVE_INFINITY;
  const { message } = await failure(read());
  expect(message).toMatch(/GET \/api\/v2\/project\/gh\/acme\/app\/job\/1: status 503, 6 times in a row/);
});

test.each([
  ['no JSON', '<html>', /no JSON/],
  ['another form', JSON.stringify({ jobs: [] }), /items/],
])('%s where a list should be is told with its address', async (_what, body, seen) => {
  circleci.instead.push((path, response) => path.includes('/p1/workflow') && reply(response, 200, body));
  const { message } = await failure(read());
  expect(message).toMatch(/GET \/api\/v2\/pipeline\/p1\/workflow/);
  expect(message).toMatch(seen);
});

test('it asks no faster than ten times a second', async () => {
  circleci.pipelines = Array.from({ length: 30 }, (_, n) =>
    pipelineOf({ id: `p${n}`, slug: `gh/acme/lib${n}` }),
  );
  await read();
  expect(circleci.asked.length).toBeGreaterThan(90);
  expect(world.waited()).toBeGreaterThanOrEqual((circleci.asked.length - 1) / 10);
});

test.each([
  ['https://runner.circleci.com', 'https://circleci.com'],
  ['https://ci.acme.example/', 'https://ci.acme.example'],
])('the API of %s is at %s', (baseUrl, address) => {
  expect(toApiAddress(baseUrl)).toBe(address);
});
