/** The stand-in GitLab answers users as API v4 does, plays faults, and posts job webhooks. */

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GitlabBench, PROJECT, READ_TOKEN, RUNNER_ID, RUNNER_TOKEN, SYSTEM_ID } from './gitlab-bench';
import { until } from './until';

let gitlab: GitlabBench;
beforeEach(async () => {
  gitlab = await GitlabBench.start();
});
afterEach(() => gitlab.stop());

const encoded = encodeURIComponent(PROJECT);

describe('a user', () => {
  test.each([
    ['no token', null, 401],
    ['a token that nobody has', 'other', 401],
    ['a runner token', RUNNER_TOKEN, 401],
  ])('with %s is refused', async (_, token, status) => {
    const answer = await gitlab.get(`/projects/${encoded}/jobs`, token);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ message: '401 Unauthorized' });
  });

  test('without the scope is told which one is missing', async () => {
    await gitlab.setUp({ tokens: [{ token: 'narrow', scopes: ['create_runner'] }] });
    const answer = await gitlab.get(`/projects/${encoded}/jobs`, 'narrow');
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: 'insufficient_scope', scope: 'api read_api' });
  });

  test('may send the token as a bearer', async () => {
    const headers = { authorization: `Bearer ${READ_TOKEN}` };
    expect((await gitlab.send('GET', `/api/v4/runners/${RUNNER_ID}`, undefined, headers)).status).toBe(200);
  });

  test.each([
    ['/projects/acme%2Fnone/jobs', '404 Project Not Found'],
    ['/runners/99', '404 Runner Not Found'],
    ['/groups/none/projects', '404 Group Not Found'],
  ])('hears that %s is not there', async (path, message) => {
    const answer = await gitlab.get(path);
    expect([answer.status, await answer.json()]).toEqual([404, { message }]);
  });

  test('reads pending jobs, newest first, by path and by number', async () => {
    const ids = await gitlab.enqueue({}, { tags: ['linux'] });
    await gitlab.enqueue({});
    await gitlab.taken();
    const jobs = await gitlab.read<{ id: number; tag_list: string[] }[]>(
      `/projects/${encoded}/jobs?scope[]=pending`,
    );
    expect(jobs.map(({ id }) => id)).toEqual([Number(ids[1]) + 1, Number(ids[1])]);
    expect(jobs[1]?.tag_list).toEqual(['linux']);
    const { id } = await gitlab.read<{ id: number }>(`/projects/${encoded}`);
    expect(await gitlab.read(`/projects/${id}/jobs?scope[]=pending`)).toEqual(jobs);
  });

  test('reads page by page', async () => {
    const ids = await gitlab.enqueue({}, {}, {});
    const seen: number[] = [];
    for (let page = '1'; page; ) {
      const answer = await gitlab.get(`/projects/${encoded}/jobs?per_page=2&page=${page}`);
      seen.push(...((await answer.json()) as { id: number }[]).map(({ id }) => id));
      page = answer.headers.get('x-next-page') ?? '';
    }
    expect(seen).toEqual(ids.map(Number).reverse());
  });

  test('reads by keyset, and a job that ends meanwhile moves no other out of sight', async () => {
    await gitlab.enqueue({}, {}, {}, {});
    const seen: number[] = [];
    let url: string | null =
      `${gitlab.url}/api/v4/projects/${encoded}/jobs?scope[]=pending&pagination=keyset&per_page=2`;
    while (url) {
      const answer: Response = await fetch(url, { headers: { 'private-token': READ_TOKEN } });
      seen.push(...((await answer.json()) as { id: number }[]).map(({ id }) => id));
      url = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
      if (seen.length === 2) await gitlab.enqueue({});
    }
    expect(new Set(seen).size).toBe(4);
  });

  test('gets at most a hundred a page', async () => {
    await gitlab.enqueue(...Array.from({ length: 101 }, () => ({})));
    expect(await gitlab.read<object[]>(`/projects/${encoded}/jobs?per_page=500`)).toHaveLength(100);
  });

  test('reads what a runner is, does and runs on', async () => {
    await gitlab.enqueue({});
    await gitlab.taken();
    expect(await gitlab.read(`/runners/${RUNNER_ID}`)).toMatchObject({
      tag_list: ['linux'],
      run_untagged: true,
      access_level: 'not_protected',
      paused: false,
      projects: [{ path_with_namespace: PROJECT }],
    });
    expect(await gitlab.read(`/runners/${RUNNER_ID}/jobs?status=running`)).toHaveLength(1);
    expect(await gitlab.read(`/runners/${RUNNER_ID}/jobs?status=success`)).toEqual([]);
    expect(await gitlab.read(`/runners/${RUNNER_ID}/managers`)).toMatchObject([
      { system_id: SYSTEM_ID, status: 'online', job_execution_status: 'active' },
    ]);
  });

  test('reads the projects of a group, with and without its subgroups and archived ones', async () => {
    await gitlab.setUp({ projects: { 'acme/sub/lib': {}, 'acme/old': { archived: true }, 'other/app': {} } });
    const paths = async (query: string) =>
      (await gitlab.read<{ path_with_namespace: string }[]>(`/groups/acme/projects?sort=asc${query}`)).map(
        ({ path_with_namespace: path }) => path,
      );
    expect(await paths('&archived=false')).toEqual([PROJECT]);
    expect(await paths('&archived=false&include_subgroups=true')).toEqual([PROJECT, 'acme/sub/lib']);
    expect(await paths('')).toEqual([PROJECT, 'acme/old']);
  });

  test('reads protected branches and tags', async () => {
    const names = async (kind: string) =>
      (await gitlab.read<{ name: string }[]>(`/projects/${encoded}/protected_${kind}`)).map(
        ({ name }) => name,
      );
    expect(await names('branches')).toEqual(['main', 'release/*']);
    expect(await names('tags')).toEqual(['v*']);
  });

  test('creates a runner with the scope for it', async () => {
    await gitlab.setUp({ tokens: [{ token: 'creator', scopes: ['create_runner'] }] });
    const body = { runner_type: 'project_type', project_id: 1002, tag_list: 'gpu', run_untagged: false };
    const answer = await gitlab.send('POST', '/api/v4/user/runners', body, { 'private-token': 'creator' });
    const { id, token } = (await answer.json()) as { id: number; token: string };
    expect([answer.status, token.slice(0, 5)]).toEqual([201, 'glrt-']);
    expect(await gitlab.read(`/runners/${id}`)).toMatchObject({ tag_list: ['gpu'], run_untagged: false });
  });

  test('has so many requests a minute, is told how many are left, and then to wait', async () => {
    await gitlab.setUp({ requestsPerMinute: 2 });
    const ask = () => gitlab.get(`/runners/${RUNNER_ID}`);
    const first = await ask();
    expect([first.headers.get('ratelimit-limit'), first.headers.get('ratelimit-remaining')]).toEqual([
      '2',
      '1',
    ]);
    await ask();
    const third = await ask();
    expect([third.status, await third.text()]).toEqual([429, 'Retry later\n']);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    gitlab.now += 60_000;
    expect((await ask()).status).toBe(200);
  });

  test('the budget of users is not spent by runners', async () => {
    await gitlab.setUp({ requestsPerMinute: 1 });
    for (let count = 0; count < 3; count++) expect((await gitlab.request()).status).toBe(204);
  });
});

describe('faults', () => {
  test('an outage is seen by users and runners and not by the admin side', async () => {
    await gitlab.admin('PUT', 'outage', { status: 503 });
    expect([(await gitlab.get('/version')).status, (await gitlab.request()).status]).toEqual([503, 503]);
    expect(await gitlab.admin('GET', 'jobs')).toEqual([]);
  });

  test('an outage of one path spares the others', async () => {
    await gitlab.admin('PUT', 'outage', { status: 500, path: '/api/v4/runners/verify' });
    expect((await gitlab.get('/version')).status).toBe(200);
  });

  test('an outage that hangs gives no answer', async () => {
    await gitlab.admin('PUT', 'outage', { status: 'hang' });
    await expect(
      fetch(`${gitlab.url}/api/v4/version`, { signal: AbortSignal.timeout(300) }),
    ).rejects.toThrow();
  });

  test('a job runs on through an outage: nobody was heard', async () => {
    const [id = ''] = await gitlab.enqueue({});
    await gitlab.request();
    await gitlab.admin('PUT', 'outage', { status: 503 });
    gitlab.now += 3_600_000;
    const other = await gitlab.enqueue({});
    // The check for silent agents has run when it would have lost this one, and has not.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect([(await gitlab.job(id)).state, (await gitlab.job(other[0] ?? '')).state]).toEqual([
      'running',
      'queued',
    ]);
  });
});

test('a job webhook tells each change once, with its secret', async () => {
  const seen: { headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = [];
  const listener = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook`;
    await gitlab.admin('PUT', 'webhooks', { [PROJECT]: { url, secret: 'secret-of-a-test' } });
    const [id = ''] = await gitlab.enqueue({ tags: ['linux'] });
    await gitlab.update(await gitlab.taken(), { state: 'success' });
    await until('three hooks', () => seen.length === 3);
    expect(seen.map(({ body }) => body.build_status).sort()).toEqual(['pending', 'running', 'success']);
    expect(seen[0]?.headers).toMatchObject({
      'x-gitlab-event': 'Job Hook',
      'x-gitlab-token': 'secret-of-a-test',
    });
    expect(seen[0]?.body).toMatchObject({ object_kind: 'build', build_id: Number(id) });
  } finally {
    listener.closeAllConnections();
    listener.close();
  }
});
