import { createGithub } from '../../github/client';
import type { GithubCredentials, GithubOptions } from '../../github/types';
import { type FakeGithub, reply, serveGithub, times } from './github-server';

const TOKEN: GithubCredentials = { kind: 'token', token: 'github_pat_canary' };
const REPO = 'acme/app';
let github: FakeGithub;
/** Seconds that were waited; the clock goes on while nobody waits. */
let waits: number[];
let said: string[];

beforeEach(async () => {
  github = await serveGithub();
  waits = [];
  said = [];
});
afterEach(() => github.close());

function clientOf(given: Partial<GithubOptions> = {}) {
  const began = Date.now();
  const clock = {
    now: () => began + waits.reduce((sum, wait) => sum + wait, 0) * 1000,
    sleep: async (milliseconds: number) => {
      waits.push(milliseconds / 1000);
    },
  };
  const say = (line: string) => said.push(line);
  return createGithub({ baseUrl: github.url, credentials: TOKEN, clock, fetch, say, ...given });
}
const mint = (name = 'one') => ({ name, labels: ['self-hosted', 'linux', 'x64', name] });
const failure = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error) => error,
  );

test('a runner is made with its labels, found, read and removed', async () => {
  const client = clientOf();
  const { id, encodedJitConfig } = await client.mintRunner(REPO, mint());
  expect(encodedJitConfig).toBe(github.runners[0]?.jit);
  expect(github.calls[0]).toMatchObject({
    body: {
      name: 'one',
      runner_group_id: 1,
      labels: ['self-hosted', 'linux', 'x64', 'one'],
      work_folder: '_work',
    },
  });
  const runner = { id, name: 'one', status: 'offline', busy: false, labels: mint().labels };
  expect(await client.findRunner(REPO, 'one')).toEqual(runner);
  expect(await client.readRunner(REPO, id)).toEqual(runner);
  expect(await client.removeRunner(REPO, id)).toBe('removed');
  expect(await client.removeRunner(REPO, id)).toBe('gone');
  expect(await client.readRunner(REPO, id)).toBeNull();
  expect(await client.findRunner(REPO, 'one')).toBeNull();
});

test('a runner with a job stays', async () => {
  const client = clientOf();
  const { id } = await client.mintRunner(REPO, mint());
  for (const runner of github.runners) runner.busy = true;
  expect(await client.removeRunner(REPO, id)).toBe('busy');
});

test('a runner is gone only for whom may see the repository: others are told 404 of all that is there', async () => {
  const client = clientOf();
  const { id } = await client.mintRunner(REPO, mint());
  github.repository = 'acme/renamed';
  expect(await failure(client.removeRunner(REPO, id))).toMatchObject({ name: 'GithubError', status: 404 });
  expect(await failure(client.readRunner(REPO, id))).toMatchObject({ name: 'GithubError', status: 404 });
});

test('all pages are read', async () => {
  const client = clientOf();
  for (let i = 0; i < 201; i += 1) await client.mintRunner(REPO, mint(`runner-${i}`));
  expect(await client.listRunners(REPO)).toHaveLength(201);
});

test('a runner is found where the server does not know the filter', async () => {
  const client = clientOf();
  await client.mintRunner(REPO, mint('other'));
  await client.mintRunner(REPO, mint('one'));
  github.instead = [
    (call, response) => {
      if (!call.path.includes('name=one')) return false;
      const list = github.runners.map((runner) => ({ ...runner, labels: [] }));
      return reply(response, 200, { total_count: 2, runners: list });
    },
  ];
  expect(await client.findRunner(REPO, 'one')).toMatchObject({ name: 'one' });
});

describe('as an App', () => {
  const app = (): GithubCredentials => ({ kind: 'app', ...github.app });

  test('it asks with a token for this repository and this permission alone, and keeps it', async () => {
    const client = clientOf({ credentials: app() });
    const { id } = await client.mintRunner(REPO, mint());
    await client.readRunner(REPO, id);
    const asked = github.calls.filter(({ path }) => path.includes('access_tokens'));
    expect(asked.map(({ body }) => body)).toEqual([
      { repositories: ['app'], permissions: { administration: 'write' } },
    ]);
  });

  test('a token that is refused is replaced', async () => {
    const client = clientOf({ credentials: app() });
    const { id } = await client.mintRunner(REPO, mint());
    github.tokens.clear();
    expect(await client.readRunner(REPO, id)).toMatchObject({ id });
  });

  test('a new token that not all of GitHub knows yet is not given up at once', async () => {
    github.instead = [
      times(2, 'generate-jitconfig', (_call, response) =>
        reply(response, 401, { message: 'Bad credentials' }),
      ),
    ];
    await clientOf({ credentials: app() }).mintRunner(REPO, mint());
    expect(github.runners).toHaveLength(1);
  });

  test('tokens that are refused again and again are an error', async () => {
    github.instead = [
      times(99, 'generate-jitconfig', (_call, response) =>
        reply(response, 401, { message: 'Bad credentials' }),
      ),
    ];
    const error = await failure(clientOf({ credentials: app() }).mintRunner(REPO, mint()));
    expect(error).toMatchObject({ status: 401, remedy: expect.stringContaining('same GitHub App') });
  });

  test('a token that is about to end is replaced before it is used', async () => {
    let now = Date.now();
    const client = clientOf({ credentials: app(), clock: { now: () => now, sleep: async () => {} } });
    const { id } = await client.mintRunner(REPO, mint());
    const minted = () => github.calls.filter(({ path }) => path.includes('access_tokens')).length;
    now += 50 * 60_000;
    await client.readRunner(REPO, id);
    expect(minted()).toBe(1);
    now += 6 * 60_000;
    // The server's clock has not gone on: its App tokens are of the future there.
    github.instead = [
      times(9, '/installation', ({ method }, response) =>
        method === 'GET'
          ? reply(response, 200, { id: 77 })
          : reply(response, 201, { token: 'github_pat_canary', expires_at: new Date(now + 3.6e6) }),
      ),
    ];
    await client.readRunner(REPO, id);
    expect(minted()).toBe(2);
  });

  test('that is not installed, it says so', async () => {
    github.repository = 'acme/other';
    const error = await failure(clientOf({ credentials: app() }).listRunners(REPO));
    expect(error.message).toMatch(
      /GET \/repos\/acme\/app\/installation was answered with 404.*install the GitHub App/,
    );
  });

  test('of another key, it is told to look at both', async () => {
    github.app = { ...github.app, appId: '999' };
    const credentials: GithubCredentials = { ...app(), kind: 'app', appId: '123456' } as GithubCredentials;
    const error = await failure(clientOf({ credentials }).listRunners(REPO));
    expect(error).toMatchObject({ status: 401, message: expect.stringContaining('JSON web token') });
  });

  test('without the permission, it names the permission', async () => {
    github.instead = [
      times(1, 'access_tokens', (_call, response) =>
        reply(response, 422, { message: 'The permissions requested are not granted to this installation.' }),
      ),
    ];
    const error = await failure(clientOf({ credentials: app() }).listRunners(REPO));
    expect(error.message).toMatch(/not granted to this installation\. .*Administration: read and write/);
  });

  test('with a key that is none, it says so without showing it', async () => {
    const credentials: GithubCredentials = { kind: 'app', appId: '1', privateKey: 'canary' };
    const error = await failure(clientOf({ credentials }).listRunners(REPO));
    expect(error.message).toMatch(/no key in PEM form/);
    expect(error.message).not.toContain('canary');
  });
});

describe('an answer that is none of success', () => {
  test.each([
    [401, /wrong, expired or revoked/],
    [403, /Administration: read and write/],
    [404, /the token is for it/],
    [409, /Another runner has this name/],
    [422, /does not take what was sent/],
    [307, /renamed or moved/],
    [418, /base URL/],
  ])('%d is told with what GitHub said, and its remedy, and not asked again', async (status, remedy) => {
    github.instead = [
      times(1, 'generate-jitconfig', (_call, response) => reply(response, status, { message: 'Because.' })),
    ];
    const error = await failure(clientOf().mintRunner(REPO, mint()));
    expect(error).toMatchObject({ name: 'GithubError', status, remedy: expect.stringMatching(remedy) });
    expect(error.message).toContain(
      `GitHub: POST /repos/acme/app/actions/runners/generate-jitconfig was answered with ${status}: Because. `,
    );
    expect(github.calls).toHaveLength(1);
  });

  test('which is a page of a proxy is told by its size', async () => {
    github.instead = [times(1, 'runners', (_call, response) => reply(response, 403, '<html>canary</html>'))];
    const error = await failure(clientOf().listRunners(REPO));
    expect(error.message).toContain("answered with 403: 19 characters that are not GitHub's JSON.");
  });

  test.each([500, 502, 503, 504])('%d is asked again', async (status) => {
    github.instead = [times(2, 'runners', (_call, response) => reply(response, status, 'oops'))];
    expect(await clientOf().listRunners(REPO)).toEqual([]);
    expect(waits).toEqual([1, 2]);
    expect(said[0]).toContain(`answered with ${status}`);
  });

  test('which stays is an error when the budget is used up', async () => {
    github.instead = [times(99, 'runners', (_call, response) => reply(response, 503, 'oops'))];
    const error = await failure(clientOf({ budgetMs: 30_000 }).listRunners(REPO));
    expect(error).toMatchObject({ status: 503, remedy: expect.stringContaining('githubstatus') });
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(30);
  });
});

describe('a limit of requests', () => {
  test.each([
    ['429', 429, { 'retry-after': '7' }, 7],
    ['403 with Retry-After', 403, { 'retry-after': '7' }, 7],
    ['403 that only says so', 403, {}, 60],
  ])('told by %s is waited for', async (_name, status, headers, wait) => {
    github.instead = [
      times(1, 'runners', (_call, response) =>
        reply(response, status, { message: 'You have exceeded a secondary rate limit' }, headers),
      ),
    ];
    await clientOf({ budgetMs: 120_000 }).listRunners(REPO);
    expect(waits).toEqual([wait]);
  });

  test("told by the time of its end is waited for, by GitHub's clock", async () => {
    github.instead = [
      times(1, 'runners', (_call, response) =>
        reply(
          response,
          403,
          { message: 'API rate limit exceeded' },
          {
            date: 'Sat, 21 Nov 2026 12:00:00 GMT',
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset': String(Date.parse('2026-11-21T12:00:30Z') / 1000),
          },
        ),
      ),
    ];
    await clientOf().listRunners(REPO);
    expect(waits).toEqual([30]);
  });

  test('longer than the budget is an error at once', async () => {
    github.instead = [
      times(1, 'runners', (_call, response) =>
        reply(response, 403, { message: 'rate limit' }, { 'retry-after': '3000' }),
      ),
    ];
    const error = await failure(clientOf().listRunners(REPO));
    expect(error).toMatchObject({ status: 403, remedy: expect.stringContaining('request limit') });
    expect(waits).toEqual([]);
  });
});

describe('no answer', () => {
  test('within the limit is asked again', async () => {
    github.instead = [times(1, 'runners', () => true)];
    expect(await clientOf({ timeoutMs: 300 }).listRunners(REPO)).toEqual([]);
    expect(said[0]).toContain('no answer within 0.3 s');
  });

  test('at all is an error that names the address and the network', async () => {
    await github.close();
    const error = await failure(clientOf({ budgetMs: 5_000 }).listRunners(REPO));
    expect(error).toMatchObject({ status: undefined, remedy: expect.stringContaining('network') });
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('to a request that makes a runner, which it has made, does not leave that one behind', async () => {
    github.instead = [
      times(1, 'generate-jitconfig', (call, response) => {
        const labels: string[] = [];
        const jit = 'lost';
        const { name } = call.body as { name: string };
        github.runners.push({ id: 500, name, status: 'offline', busy: false, labels, jit });
        response.destroy();
        return true;
      }),
    ];
    const { id } = await clientOf().mintRunner(REPO, mint());
    expect(github.runners.map((runner) => runner.id)).toEqual([id]);
    expect(id).not.toBe(500);
  });

  test('is waited for no longer when it is told to stop', async () => {
    const stop = new AbortController();
    github.instead = [
      times(1, 'runners', () => {
        stop.abort('SIGINT');
        return true;
      }),
    ];
    const error = await failure(clientOf({ signal: stop.signal }).listRunners(REPO));
    expect(error.message).toContain('given up');
    const calls = github.calls.length;
    await failure(clientOf({ signal: stop.signal }).listRunners(REPO));
    expect(github.calls).toHaveLength(calls);
  });
});

describe('an answer that makes no sense', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '<html>'],
    ['half of one', '{"total_count": 1, "runners": ['],
    ['another shape', '{"total_count": 1}'],
    ['another type', '{"total_count": 1, "runners": [{"id": "seven"}]}'],
    ['null', 'null'],
  ])('%s is an error, never an empty list', async (_name, body) => {
    github.instead = [times(1, 'runners', (_call, response) => reply(response, 200, body))];
    expect(await failure(clientOf().listRunners(REPO))).toMatchObject({ name: 'GithubError' });
  });

  test('nothing of a configuration that came in another shape is shown', async () => {
    github.instead = [
      times(1, 'jitconfig', (_call, response) =>
        reply(response, 201, { runner: 'canary', encoded_jit_config: ['canary'] }),
      ),
    ];
    const error = await failure(clientOf().mintRunner(REPO, mint()));
    expect(error.message).not.toContain('canary');
  });

  test('a redirect does not carry the token elsewhere', async () => {
    github.instead = [
      times(1, 'runners', (_call, response) => reply(response, 301, '', { location: `${github.url}/else` })),
    ];
    await failure(clientOf().listRunners(REPO));
    expect(github.calls).toHaveLength(1);
  });
});

test('no error shows the token', async () => {
  for (const status of [401, 403, 404, 500]) {
    github.instead = [times(99, 'runners', (_call, response) => reply(response, status, { message: 'no' }))];
    const error = await failure(clientOf({ budgetMs: 1 }).listRunners(REPO));
    expect(`${error.message}${error.stack}`).not.toContain('canary');
  }
});
