/** The stand-in GitHub answers as its REST API is documented to: tokens, runners, jobs, pages, limits, faults. */
import { generateKeyPairSync } from 'node:crypto';
import { decodeJitConfig, GithubBench, LABEL, LABELS, REPOSITORY, TOKEN } from './github-bench';

let bench: GithubBench;
beforeEach(async () => {
  bench = await GithubBench.start();
});
afterEach(() => bench.stop());

const said = async (answer: Response) => {
  const { message } = (await answer.json()) as { message: string };
  return [answer.status, message];
};

describe('an App', () => {
  const installation = `/repos/${REPOSITORY}/installation`;

  test('gets a token for its installation, with which it may do what the installation may', async () => {
    const jwt = await bench.asApp();
    const found = await bench.send('GET', installation, jwt);
    expect(found.status).toBe(200);
    const { id, access_tokens_url: url } = (await found.json()) as { id: number; access_tokens_url: string };
    expect(url).toBe(`${bench.url}/app/installations/${id}/access_tokens`);
    const made = await bench.send('POST', `/app/installations/${id}/access_tokens`, jwt);
    expect(made.status).toBe(201);
    const token = (await made.json()) as { token: string };
    expect(token).toMatchObject({
      expires_at: '2026-01-01T01:00:00Z',
      permissions: { administration: 'write' },
    });
    expect((await bench.actions('GET', 'runners', undefined, token.token)).status).toBe(200);
  });

  test.each([
    ['of another key', async () => generateKeyPairSync('rsa', { modulusLength: 2048 }), {}, 401, /decoded/],
    ['that has run out', null, { exp: Date.UTC(2026, 0, 1) / 1000 }, 401, /'exp'\) must be/],
    ['good for too long', null, { exp: Date.UTC(2026, 0, 1) / 1000 + 601 }, 401, /too far in the future/],
    ['issued in the future', null, { iat: Date.UTC(2026, 0, 1) / 1000 + 5 }, 401, /'iat'\) must be/],
    ['of an App that nobody knows', null, { iss: '1' }, 404, /Integration not found/],
  ])('with a token %s is refused', async (_, keys, claims, status, message) => {
    const other = keys && (await keys()).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const answer = await bench.send('GET', installation, await bench.asApp(claims, other ?? undefined));
    expect(await said(answer)).toEqual([status, expect.stringMatching(message)]);
  });

  test('may say its client id in place of its number', async () => {
    const { clientId } = await bench.github.readApp();
    expect((await bench.send('GET', installation, await bench.asApp({ iss: clientId }))).status).toBe(200);
  });

  test('finds no installation where it is not installed', async () => {
    const jwt = await bench.asApp();
    expect((await bench.send('GET', '/repos/acme/other/installation', jwt)).status).toBe(404);
  });

  test('gets no token for a suspended installation, nor for more than it was given', async () => {
    const jwt = await bench.asApp();
    const ask = async (body: object) => {
      const { id } = (await (await bench.send('GET', installation, jwt)).json()) as { id: number };
      return (await bench.send('POST', `/app/installations/${id}/access_tokens`, jwt, body)).status;
    };
    expect(await ask({ permissions: { administration: 'write' }, repositories: ['app'] })).toBe(201);
    expect(await ask({ permissions: { contents: 'read' } })).toBe(422);
    expect(await ask({ repositories: ['other'] })).toBe(422);
    await bench.github.setUp({ installations: [{ repositories: [REPOSITORY], isSuspended: true }] });
    expect(await ask({})).toBe(403);
  });

  test('is refused with a token that has run out, and with one that was revoked', async () => {
    await bench.github.setUp({ tokenMinutes: 1 });
    const token = await bench.installationToken();
    const status = async (one: string) => (await bench.actions('GET', 'runners', undefined, one)).status;
    expect(await status(token)).toBe(200);
    bench.now += 60_000;
    expect(await status(token)).toBe(401);
    const next = await bench.installationToken();
    expect(await bench.github.revoke({ kind: 'installation' })).toBe(2);
    expect(await status(next)).toBe(401);
    expect(await status(TOKEN)).toBe(200);
  });
});

describe('a token', () => {
  test.each([
    ['none', null, 401, 'Requires authentication'],
    ['one that nobody has', 'other', 401, 'Bad credentials'],
    ['one of another repository', 'elsewhere', 404, 'Not Found'],
    ['one that may only read', 'reader', 403, 'Resource not accessible by personal access token'],
    ['one that has run out', 'old', 401, 'Bad credentials'],
  ])('is needed that may do it: %s', async (_, token, status, message) => {
    await bench.github.setUp({
      tokens: [
        { token: 'elsewhere', repositories: ['acme/other'] },
        { token: 'reader', repositories: [REPOSITORY], permissions: { administration: 'read' } },
        { token: 'old', repositories: [REPOSITORY], expiresAt: '2025-12-31T23:59:59Z' },
      ],
    });
    const answer = await bench.mint({}, token);
    expect(await said(answer)).toEqual([status, message]);
    if (status === 403)
      expect(answer.headers.get('x-accepted-github-permissions')).toBe('administration=write');
  });

  test('has so many requests in an hour, and hears how many are left', async () => {
    await bench.github.setUp({ requestsPerHour: 2 });
    const headers = async () => {
      const answer = await bench.actions('GET', 'runners');
      return [answer.status, answer.headers.get('x-ratelimit-remaining')];
    };
    expect(await headers()).toEqual([200, '1']);
    expect(await headers()).toEqual([200, '0']);
    expect(await headers()).toEqual([403, '0']);
    bench.now += 3_600_000;
    expect(await headers()).toEqual([200, '1']);
  });

  test('is nothing to a client that does not say who it is', async () => {
    const path = `${bench.url}/repos/${REPOSITORY}/actions/runners`;
    const answer = await fetch(path, { headers: { 'user-agent': '', authorization: `Bearer ${TOKEN}` } });
    expect(answer.status).toBe(403);
  });
});

describe('a just-in-time runner', () => {
  test('is offline until it comes, and its configuration says where to come and with what', async () => {
    const answer = await bench.mint();
    expect(answer.status).toBe(201);
    const { runner, encoded_jit_config: encoded } = (await answer.json()) as {
      runner: { id: number; labels: { name: string }[] };
      encoded_jit_config: string;
    };
    expect(runner).toMatchObject({ name: LABEL, status: 'offline', busy: false });
    expect(runner.labels.map(({ name }) => name)).toEqual(LABELS);
    // Too much for what holds 4 KB.
    expect(encoded.length).toBeGreaterThan(4096);
    expect(decodeJitConfig(encoded)).toMatchObject({
      '.runner': { agentId: runner.id, agentName: LABEL, serverUrlV2: `${bench.url}/_agent` },
      '.credentials': { data: { token: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      '.credentials_rsaparams': {},
    });
    const read = await bench.actions('GET', `runners/${runner.id}`);
    expect(await read.json()).toEqual(runner);
  });

  test('has a name that no other has', async () => {
    await bench.mint();
    expect(await said(await bench.mint())).toEqual([
      409,
      'Already exists - A runner with the name *** already exists.',
    ]);
  });

  test.each([
    ['no group', { runner_group_id: undefined }, 422],
    ['the group of the hosted runners', { runner_group_id: 2 }, 403],
    ['a group that is not there', { runner_group_id: 99_999 }, 404],
    ['no labels', { labels: [] }, 422],
    ['101 labels', { labels: Array.from({ length: 101 }, (_, index) => `l${index}`) }, 422],
    ['a name of 65 characters', { name: 'n'.repeat(65) }, 422],
    ['no name', { name: undefined }, 422],
  ])('is not made with %s', async (_, changes, status) => {
    expect((await bench.mint(changes)).status).toBe(status);
    expect(await bench.github.readRunners()).toEqual([]);
  });

  test('is removed once', async () => {
    const { id } = await bench.minted();
    expect((await bench.actions('DELETE', `runners/${id}`)).status).toBe(204);
    expect((await bench.actions('DELETE', `runners/${id}`)).status).toBe(404);
    expect((await bench.actions('GET', `runners/${id}`)).status).toBe(404);
  });

  test('is found by its name, or page by page', async () => {
    for (let index = 0; index < 5; index++) await bench.minted(`r${index}`);
    const read = async (query: string) => {
      const answer = await bench.actions('GET', `runners?${query}`);
      const { total_count: total, runners } = (await answer.json()) as {
        total_count: number;
        runners: { name: string }[];
      };
      return { total, names: runners.map(({ name }) => name), link: answer.headers.get('link') };
    };
    expect(await read('name=r3')).toEqual({ total: 1, names: ['r3'], link: null });
    const first = await read('per_page=2');
    expect(first).toMatchObject({ total: 5, names: ['r0', 'r1'] });
    expect(first.link).toContain(`actions/runners?per_page=2&page=2>; rel="next"`);
    expect(await read('per_page=2&page=3')).toMatchObject({
      names: ['r4'],
      link: expect.not.stringContaining('rel="next"'),
    });
  });
});

test('more than a hundred a page are not to be had', async () => {
  for (let index = 0; index < 101; index++) await bench.minted(`r${index}`);
  const { runners } = (await (await bench.actions('GET', 'runners?per_page=500')).json()) as {
    runners: object[];
  };
  expect(runners).toHaveLength(100);
});

describe('the jobs of a workflow run', () => {
  test('are read with the token of the run, each with its steps and its runner', async () => {
    const run = await bench.github.startRun({ repository: REPOSITORY, name: 'start' });
    await bench.github.updateHosted(run, {
      steps: [{ name: 'Start runner', status: 'completed', conclusion: 'failure' }],
    });
    await bench.github.queue({ repository: REPOSITORY, runId: run.runId, labels: LABELS, name: 'work' });
    const answer = await bench.actions('GET', `runs/${run.runId}/jobs`, undefined, run.token);
    expect(await answer.json()).toMatchObject({
      total_count: 2,
      jobs: [
        {
          name: 'start',
          status: 'in_progress',
          conclusion: null,
          runner_name: run.runner,
          steps: [{ name: 'Start runner', number: 1, conclusion: 'failure' }],
        },
        { name: 'work', status: 'queued', runner_name: null, labels: LABELS },
      ],
    });
  });

  test('are not read with a token of the App that has no such permission, nor after the run', async () => {
    const run = await bench.github.startRun({ repository: REPOSITORY });
    const status = async (token: string) =>
      (await bench.actions('GET', `runs/${run.runId}/jobs`, undefined, token)).status;
    expect(await status(TOKEN)).toBe(403);
    expect(await status(run.token)).toBe(200);
    await bench.github.updateHosted(run, { steps: [], conclusion: 'success' });
    expect(await status(run.token)).toBe(401);
  });
});

describe('a played fault', () => {
  const path = `/repos/${REPOSITORY}/actions/runners`;

  test('is met so many times, by what it is for', async () => {
    await bench.github.playFaults({ path, method: 'GET', status: 502, times: 2 });
    expect((await bench.mint()).status).toBe(201);
    const statuses: number[] = [];
    for (let turn = 0; turn < 3; turn++) statuses.push((await bench.actions('GET', 'runners')).status);
    expect(statuses).toEqual([502, 502, 200]);
    expect(await bench.github.readFaults()).toEqual([]);
  });

  test('may lose the answer to what was done', async () => {
    await bench.github.playFaults({ path, method: 'POST', status: 500, isDone: true });
    expect((await bench.mint()).status).toBe(500);
    expect((await bench.mint()).status).toBe(409);
  });

  test('says what a second limit says', async () => {
    await bench.github.playFaults({
      path,
      status: 403,
      headers: { 'retry-after': '1' },
      body: { message: 'You have exceeded a secondary rate limit.' },
    });
    const answer = await bench.actions('GET', 'runners');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await said(answer)).toEqual([403, 'You have exceeded a secondary rate limit.']);
  });

  test('may be an outage of all but the admin side', async () => {
    await bench.github.playOutage({ status: 503 });
    expect((await bench.actions('GET', 'runners')).status).toBe(503);
    expect(await bench.github.readRunners()).toEqual([]);
    await bench.github.playOutage(null);
    expect((await bench.actions('GET', 'runners')).status).toBe(200);
  });
});
