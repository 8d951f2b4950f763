import { createReadDemand } from '../../../../lambda/scaler/ci/gitlab/read-demand';
import type { Asked, Token } from '../../../../lambda/scaler/ports';
import { keepTokens } from '../../../../lambda/scaler/secrets/tokens';
import { steadyClock } from '../../../clock/steady-clock';
import { until } from '../../../local/until';
import { answer, type FakeGitlab, jobOf, jobsOf, serveGitlab } from './gitlab-server';

const CANARY = ['glpat', 'canary-5f1c0ffee'].join('-');
let gitlab: FakeGitlab;
let secret: Token;
let now: number;

beforeEach(async () => {
  secret = { kind: 'token', value: CANARY };
  now = Date.now();
  gitlab = await serveGitlab();
});
afterEach(() => gitlab.close());

const clock = { ...steadyClock, now: () => now };
function createReader(requestTimeoutMs = 300) {
  const tokens = keepTokens(async () => secret, clock);
  return createReadDemand({ ...clock, tokens, random: () => 0, requestTimeoutMs });
}
type Given = Partial<Asked<'gitlab'>['queue']> & { enough?: number; round?: Asked<'gitlab'>['round'] };
const askedOf = ({ enough = 1000, round = { fleets: 1, requests: 0 }, ...queue }: Given = {}) => ({
  account: {
    ci: 'gitlab' as const,
    baseUrl: gitlab.url,
    apiTokenSecret: 'muster/dev/ci/main/api-token',
    requestsPerMinute: 300,
  },
  queue: { ci: 'gitlab' as const, runnerId: 7, projects: ['acme/app'], groups: [], ...queue },
  enough,
  round,
});
const read = (given: Given = {}, reader = createReader(), signal = new AbortController().signal) =>
  reader(askedOf(given), signal);
const pathsOf = (part: string) => gitlab.requests.filter(({ path }) => path.includes(part));
const app = () => gitlab.projects['acme/app'] ?? { pending: [] };
const queuedOf = async (given: Given = {}) => {
  const demand = await read(given);
  return demand.kind === 'known' ? demand.queued : demand;
};

describe('demand', () => {
  test('is what the runner runs and what waits for it, running read first', async () => {
    gitlab.running = 3;
    app().pending = jobsOf(5);
    await expect(read()).resolves.toEqual({ kind: 'known', queued: 5, running: 3 });
    const order = gitlab.requests.map(({ path }) => path.split('?')[0]);
    expect(order.indexOf('/api/v4/runners/7/jobs')).toBeLessThan(
      order.indexOf('/api/v4/projects/acme%2Fapp/jobs'),
    );
    expect(new Set(gitlab.requests.map(({ token }) => token))).toEqual(new Set([CANARY]));
  });
  test('zero is a count', async () => {
    await expect(read()).resolves.toEqual({ kind: 'known', queued: 0, running: 0 });
  });
  test('of several projects is their sum', async () => {
    gitlab.projects = { 'acme/app': { pending: jobsOf(2) }, 'acme/lib': { pending: jobsOf(3) } };
    expect(await queuedOf({ projects: ['acme/app', 'acme/lib'] })).toBe(5);
  });
  test('of a group is that of its projects, each once', async () => {
    gitlab.projects = { 'acme/app': { pending: jobsOf(2) }, 'acme/deep/lib': { pending: jobsOf(3) } };
    gitlab.groups = { acme: ['acme/app', 'acme/deep/lib'], 'acme/deep': ['acme/deep/lib'] };
    expect(await queuedOf({ projects: ['Acme/App'], groups: ['acme', 'acme/deep'] })).toBe(5);
    expect(pathsOf('/jobs?scope')).toHaveLength(2);
  });
});

describe('a job that the runner may not take is no demand', () => {
  test.each<[rule: string, runner: object, job: Parameters<typeof jobOf>[0], queued: number]>([
    ['all tags of the job are the runner’s', {}, { tag_list: ['linux', 'big'] }, 1],
    ['a tag that the runner lacks', {}, { tag_list: ['linux', 'gpu'] }, 0],
    ['tags are told apart by case', {}, { tag_list: ['Linux'] }, 0],
    ['an untagged job, by default', {}, { tag_list: [] }, 0],
    ['an untagged job of a runner that takes these', { run_untagged: true }, { tag_list: [] }, 1],
    ['a job that is too old', {}, { archived: true }, 0],
    ['a protected branch', { access_level: 'ref_protected' }, { ref: 'main' }, 1],
    ['any branch of a runner that is not protected', {}, { ref: 'feature' }, 1],
    ['a branch that is not protected', { access_level: 'ref_protected' }, { ref: 'feature' }, 0],
    ['a branch by wildcard', { access_level: 'ref_protected' }, { ref: 'release/1.2' }, 1],
    ['a protected tag', { access_level: 'ref_protected' }, { ref: 'v1', tag: true }, 1],
    ['a tag that is not protected', { access_level: 'ref_protected' }, { ref: 'main', tag: true }, 0],
    ['a merge request', { access_level: 'ref_protected' }, { ref: 'refs/merge-requests/1/head' }, 0],
  ])('%s', async (_rule, runner, job, queued) => {
    Object.assign(gitlab.runner, runner);
    gitlab.projects = {
      'acme/app': { pending: [jobOf(job)], branches: ['main', 'release/*'], tags: ['v*'] },
    };
    expect(await queuedOf()).toBe(queued);
  });
  test('jobs of an archived project', async () => {
    gitlab.projects = { 'acme/app': { pending: jobsOf(3), archived: true } };
    expect(await queuedOf()).toBe(0);
  });
  test('nothing is asked of the refs when no job has the tags', async () => {
    Object.assign(gitlab.runner, { access_level: 'ref_protected' });
    app().pending = jobsOf(3, { tag_list: ['gpu'] });
    expect(await queuedOf()).toBe(0);
    expect(pathsOf('protected')).toEqual([]);
  });
  test('of a paused runner nothing is known, and that says so', async () => {
    Object.assign(gitlab.runner, { paused: true });
    await expect(read()).resolves.toMatchObject({ kind: 'unknown', problem: 'runner-paused' });
  });
});

describe('pages', () => {
  test.each(['keyset', 'numbers'] as const)('are followed to the end, by %s', async (paging) => {
    gitlab.paging = paging;
    gitlab.running = 150;
    app().pending = jobsOf(250);
    await expect(read()).resolves.toEqual({ kind: 'known', queued: 250, running: 150 });
  });
  test('are read until there are enough jobs, and what is told is no more', async () => {
    app().pending = jobsOf(5_000);
    expect(await queuedOf({ enough: 150 })).toBe(150);
    expect(pathsOf('/jobs?scope')).toHaveLength(2);
  });
  test('jobs of others do not count towards enough', async () => {
    app().pending = [...jobsOf(300, { tag_list: ['gpu'] }), ...jobsOf(2)];
    expect(await queuedOf({ enough: 2 })).toBe(2);
    expect(pathsOf('/jobs?scope')).toHaveLength(4);
  });
  test('a queue without end costs a bounded number of requests, and is a lower bound', async () => {
    app().pending = jobsOf(1, {});
    gitlab.instead = [
      [
        '/jobs?scope',
        (request, response) =>
          answer(200, [jobOf(), ...jobsOf(99, { tag_list: ['gpu'] })], {
            link: `<${request.url}>; rel="next"`,
          })(request, response),
      ],
    ];
    await expect(read()).resolves.toMatchObject({ kind: 'partial', queued: 50, problem: 'queue-too-long' });
    expect(pathsOf('/jobs?scope')).toHaveLength(50);
  });
  test('a link to another host gets no token', async () => {
    app().pending = jobsOf(101);
    const elsewhere = await serveGitlab();
    gitlab.instead = [
      [
        '/jobs?scope',
        (request, response) =>
          answer(200, jobsOf(1), { link: `<${elsewhere.url}${request.url}&cursor=100>; rel="next"` })(
            request,
            response,
          ),
      ],
    ];
    await read({ enough: 3 });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });
});

describe('what is asked', () => {
  test('by the fleets of one round is asked once for each project', async () => {
    app().pending = jobsOf(4);
    const reader = createReader();
    const round = { fleets: 3, requests: 0 };
    const demands = await Promise.all(Array.from({ length: 3 }, () => read({ round }, reader)));
    expect(new Set(demands.map((demand) => JSON.stringify(demand)))).toEqual(
      new Set(['{"kind":"known","queued":4,"running":0}']),
    );
    expect(pathsOf('/jobs?scope')).toHaveLength(1);
    expect(round.requests).toBe(gitlab.requests.length);
  });
  test('what waits is read when all fleets of the round have read what runs', async () => {
    const reader = createReader();
    const round = { fleets: 2, requests: 0 };
    await Promise.all([read({ round }, reader), read({ round }, reader)]);
    const order = gitlab.requests.map(({ path }) => path.includes('/jobs?scope'));
    expect(order.indexOf(true)).toBeGreaterThan(
      gitlab.requests.findLastIndex(({ path }) => path.includes('/runners/')),
    );
  });
  test('a runner that does not answer does not stop the other fleets of the round', async () => {
    app().pending = jobsOf(4);
    gitlab.instead = [['/runners/8/jobs', () => true]];
    const reader = createReader();
    const round = { fleets: 2, requests: 0 };
    const [, demand] = await Promise.all([read({ round, runnerId: 8 }, reader), read({ round }, reader)]);
    expect(demand).toEqual({ kind: 'known', queued: 4, running: 0 });
  });
  test('the runner is asked for anew after five minutes, the projects of a group after ten', async () => {
    gitlab.groups = { acme: ['acme/app'] };
    const reader = createReader();
    const minute = async (minutes: number) => {
      now += minutes * 60_000;
      await read({ projects: [], groups: ['acme'] }, reader);
    };
    const counts = () => [pathsOf('/runners/7?').length, pathsOf('/groups/').length];
    await minute(0);
    await minute(4);
    expect(counts()).toEqual([1, 1]);
    await minute(2);
    expect(counts()).toEqual([2, 1]);
    await minute(5);
    expect(counts()).toEqual([3, 2]);
  });
  test('a quiet round costs two requests and one for each project', async () => {
    gitlab.projects = { 'acme/app': { pending: [] }, 'acme/lib': { pending: [] } };
    const reader = createReader();
    const round = { fleets: 1, requests: 0 };
    await read({ projects: ['acme/app', 'acme/lib'] }, reader);
    await read({ projects: ['acme/app', 'acme/lib'], round }, reader);
    expect(round.requests).toBe(3);
  });
  test('no more than the round may', async () => {
    const round = { fleets: 1, requests: 0, most: 2 };
    await expect(read({ round })).resolves.toMatchObject({ kind: 'partial', problem: 'rate-limited' });
    expect(gitlab.requests).toHaveLength(2);
  });
});

const SCOPE = { error: 'insufficient_scope', error_description: 'more', scope: 'api read_api' };
const wrong: [
  what: string,
  part: string,
  reply: ReturnType<typeof answer>,
  problem: string,
  detail: string,
][] = [
  [
    'a token that is refused',
    '/runners/7?',
    answer(401, { message: '401 Unauthorized' }),
    'token-refused',
    '401',
  ],
  ['a token without scope', '/runners/7?', answer(403, SCOPE), 'scope-missing', 'api read_api'],
  [
    'a user without a role',
    '/runners/7?',
    answer(403, { message: '403 Forbidden' }),
    'access-missing',
    'Forbidden',
  ],
  ['a runner that is not there', '/runners/7', answer(404, {}), 'runner-missing', 'runner 7'],
  ['a project that is not there', '/projects/', answer(404, {}), 'project-missing', 'acme/app'],
  ['GitLab failing', '/projects/', answer(500, 'oops'), 'server-error', '500'],
  ['a login page', '/projects/', answer(200, '<html>'), 'unexpected-answer', 'no JSON'],
  ['a redirect', '/projects/', answer(302, '', { location: 'http://x.invalid' }), 'unexpected-answer', '302'],
  ['an object for a list', '/projects/', answer(200, { jobs: [] }), 'unexpected-answer', 'documented'],
  [
    'a job without tags',
    '/projects/',
    answer(200, [{ ref: 'main', tag: false }]),
    'unexpected-answer',
    'tag_list',
  ],
  ['null', '/runners/7?', answer(200, 'null'), 'unexpected-answer', 'documented'],
  [
    'a runner without tags',
    '/runners/7?',
    answer(200, { run_untagged: true }),
    'unexpected-answer',
    'tag_list',
  ],
  ['no answer', '/projects/', () => true, 'timeout', '300 ms'],
  ['429 for long', '/projects/', answer(429, '', { 'retry-after': '60' }), 'rate-limited', '429'],
];

test.each(wrong)('%s is never a count', async (_what, part, reply, problem, detail) => {
  gitlab.instead = [[part, reply]];
  const demand = await read();
  expect(demand).toMatchObject({ problem, detail: expect.stringContaining(detail) });
  expect(demand.kind).not.toBe('known');
  expect(JSON.stringify(demand)).not.toContain(CANARY);
});

describe('when a part fails', () => {
  const failing = (part: string) => {
    gitlab.projects = { 'acme/app': { pending: jobsOf(4) }, 'acme/lib': { pending: jobsOf(3) } };
    gitlab.groups = { acme: ['acme/lib'] };
    gitlab.running = 2;
    gitlab.instead = [[part, answer(500, 'oops')]];
    return read({ projects: ['acme/app'], groups: ['acme'] });
  };
  test.each([
    ['one project', '/projects/acme%2Flib/jobs', 4, 2],
    ['a group', '/groups/', 4, 2],
    ['what runs', '/runners/7/jobs', 7, 0],
  ])('%s, the rest is a lower bound', async (_what, part, queued, running) => {
    await expect(failing(part)).resolves.toMatchObject({
      kind: 'partial',
      queued,
      running,
      problem: 'server-error',
    });
  });
  test('a later page, those before it count', async () => {
    app().pending = jobsOf(250);
    gitlab.instead = [['cursor=200', answer(500, 'oops')]];
    await expect(read()).resolves.toMatchObject({ kind: 'partial', queued: 200 });
  });
  test('what was known of the runner holds for a while, but not when GitLab says that it is gone', async () => {
    const reader = createReader();
    await read({}, reader);
    now += 6 * 60_000;
    gitlab.instead = [['/runners/7?', answer(503, 'oops')]];
    await expect(read({}, reader)).resolves.toMatchObject({ kind: 'known' });
    now += 60_000;
    gitlab.instead = [['/runners/7?', answer(404, {})]];
    await expect(read({}, reader)).resolves.toMatchObject({ kind: 'unknown', problem: 'runner-missing' });
  });
});

describe('the limits of GitLab', () => {
  const rounds = async (headers: Record<string, string>, status = 200) => {
    gitlab.instead = [['/projects/', answer(status, [], headers)]];
    const reader = createReader();
    await read({}, reader);
    const asked = gitlab.requests.length;
    return { reader, asked, demand: await read({}, reader) };
  };
  const at = (seconds: number) => String(Math.floor(now / 1000) + seconds);

  test.each<[what: string, status: number, headers: () => Record<string, string>]>([
    ['Retry-After', 429, () => ({ 'retry-after': '30' })],
    ['RateLimit-Reset', 429, () => ({ 'ratelimit-reset': at(30) })],
    [
      'nothing left until RateLimit-Reset',
      200,
      () => ({ 'ratelimit-remaining': '0', 'ratelimit-reset': at(30) }),
    ],
  ])('%s silences the account, and no longer', async (_what, status, headers) => {
    const { reader, asked, demand } = await rounds(headers(), status);
    expect(demand).toMatchObject({ problem: 'rate-limited' });
    expect(gitlab.requests).toHaveLength(asked);
    now += 32_000;
    gitlab.instead = [];
    await expect(read({}, reader)).resolves.toMatchObject({ kind: 'known' });
  });
  test('are those of its own clock, not of ours', async () => {
    const server = now - 3_600_000;
    const { demand } = await rounds(
      {
        date: new Date(server).toUTCString(),
        'ratelimit-reset': String(Math.floor(server / 1000) + 30),
      },
      429,
    );
    expect(demand).toMatchObject({ problem: 'rate-limited', detail: expect.stringContaining('30 s') });
  });
  test('what is left is no reason to wait', async () => {
    const { demand } = await rounds({ 'ratelimit-remaining': '1', 'ratelimit-reset': at(30) });
    expect(demand).toMatchObject({ kind: 'known' });
  });
});

test('a token that was changed is used in the same poll', async () => {
  const reader = createReader();
  await read({}, reader);
  secret = { kind: 'token', value: 'the-new-one' };
  gitlab.instead = [
    [
      '/',
      ({ headers }, response) =>
        headers['private-token'] === CANARY ? answer(401, {})({} as never, response) : undefined,
    ],
  ];
  await expect(read({}, reader)).resolves.toMatchObject({ kind: 'known' });
});
test('when the poll is over, the reader gives up at once', async () => {
  gitlab.instead = [['/', () => true]];
  const over = new AbortController();
  const demand = read({ round: { fleets: 2, requests: 0 } }, createReader(), over.signal);
  over.abort();
  await expect(demand).resolves.toMatchObject({ kind: 'unknown', problem: 'timeout' });
});
test('requests that the end of the poll kept from being sent are not counted', async () => {
  const names = Array.from({ length: 100 }, (_, i) => `acme/p${i}`);
  gitlab.projects = Object.fromEntries(names.map((name) => [name, { pending: [] }]));
  const over = new AbortController();
  // Nobody answers, so that no more than go at once get there.
  gitlab.instead = [['/jobs?scope', () => true]];
  const round = { fleets: 1, requests: 0 };
  const demand = read({ projects: names, round }, createReader(20_000), over.signal);
  await until('requests on their way', () => pathsOf('/jobs?scope').length >= 40);
  over.abort();
  await demand;
  expect(round.requests).toBe(gitlab.requests.length);
});
