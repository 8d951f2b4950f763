/** The stand-in GitLab answers users and runners as API v4 and gitlab-runner's network client have it. */

import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GitlabBench,
  INSTANCE_ID,
  PROJECT,
  READ_TOKEN,
  RUNNER_ID,
  RUNNER_TOKEN,
  SYSTEM_ID,
  type TakenJob,
} from './gitlab-bench';
import { until } from './until';

let gitlab: GitlabBench;
beforeEach(async () => {
  gitlab = await GitlabBench.start();
});
afterEach(() => gitlab.stop());

const taken = async (changes: object = {}): Promise<TakenJob> => {
  const job = await gitlab.take(changes);
  if (!job) throw new Error('no job for this runner');
  return job;
};

const encoded = encodeURIComponent(PROJECT);

describe('a runner', () => {
  test('proves its token, and its machine becomes a manager', async () => {
    const body = { token: RUNNER_TOKEN, system_id: SYSTEM_ID };
    const answer = await gitlab.send('POST', '/api/v4/runners/verify', body);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ id: RUNNER_ID, token: RUNNER_TOKEN, token_expires_at: null });
    expect(await gitlab.admin('GET', 'managers')).toMatchObject([
      { runnerId: RUNNER_ID, systemId: SYSTEM_ID, instanceId: INSTANCE_ID },
    ]);
  });

  test.each([
    ['verify', 'POST', 'runners/verify'],
    ['a request for a job', 'POST', 'jobs/request'],
    ['unregistering', 'DELETE', 'runners/managers'],
  ])('%s with a token that nobody has is forbidden', async (_, method, path) => {
    const body = { token: 'other', system_id: SYSTEM_ID };
    expect((await gitlab.send(method, `/api/v4/${path}`, body)).status).toBe(403);
    expect(await gitlab.admin('GET', 'managers')).toEqual([]);
  });

  test('registration tokens are gone', async () => {
    expect((await gitlab.send('POST', '/api/v4/runners', { token: 'GR' })).status).toBe(410);
  });

  test('unregisters its machine once', async () => {
    await gitlab.request();
    const unregister = () =>
      gitlab.send('DELETE', '/api/v4/runners/managers', { token: RUNNER_TOKEN, system_id: SYSTEM_ID });
    expect((await unregister()).status).toBe(204);
    expect((await unregister()).status).toBe(404);
    expect(await gitlab.admin('GET', 'managers')).toEqual([]);
  });

  test('has its contact written at most every 40 to 55 minutes', async () => {
    const contact = async () => {
      await gitlab.request();
      const [manager] = await gitlab.admin<{ contactedAt: string }[]>('GET', 'managers');
      return Date.parse(manager?.contactedAt ?? '');
    };
    const first = await contact();
    gitlab.now += 39 * 60_000;
    expect(await contact()).toBe(first);
    gitlab.now += 17 * 60_000;
    expect(await contact()).toBe(gitlab.now);
  });

  test('gets a job with what gitlab-runner reads of one', async () => {
    const [id] = await gitlab.enqueue({
      name: 'build',
      command: 'make',
      image: 'debian:13',
      ref: 'v1',
      isTag: true,
    });
    const answer = await gitlab.request();
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({
      id: Number(id),
      job_info: { name: 'build', project_full_path: PROJECT },
      git_info: { ref: 'v1', ref_type: 'tag', protected: true },
      runner_info: { timeout: 3600 },
      steps: [{ name: 'script', script: ['make'], when: 'on_success' }],
      image: { name: 'debian:13' },
      services: [],
      cache: [],
      dependencies: [],
    });
    expect(await gitlab.job(id ?? '')).toMatchObject({
      state: 'running',
      runner: INSTANCE_ID,
      runnerId: RUNNER_ID,
    });
  });

  test('a job without a command sleeps, and nothing is cloned', async () => {
    await gitlab.enqueue({ seconds: 3 });
    const { steps, variables, image } = await taken();
    expect(steps[0]?.script).toEqual(['sleep 3']);
    expect(variables).toContainEqual(expect.objectContaining({ key: 'GIT_STRATEGY', value: 'none' }));
    expect(image).toBeNull();
  });

  test('gets nothing, with the state of the queue, when there is none', async () => {
    const answer = await gitlab.request();
    expect(answer.status).toBe(204);
    expect(answer.headers.get('x-gitlab-last-update')).not.toBeNull();
  });

  test.each([
    ['a tag that the runner lacks', {}, { tags: ['linux', 'gpu'] }, false],
    ['tags that the runner has', {}, { tags: ['linux'] }, true],
    ['no tag, for a runner of tagged jobs only', { runUntagged: false }, {}, false],
    [
      'an unprotected branch, for a protected runner',
      { accessLevel: 'ref_protected' },
      { ref: 'topic' },
      false,
    ],
    [
      'a protected branch, for a protected runner',
      { accessLevel: 'ref_protected' },
      { ref: 'release/1' },
      true,
    ],
    [
      'a protected tag, for a protected runner',
      { accessLevel: 'ref_protected' },
      { ref: 'v1', isTag: true },
      true,
    ],
    ['a branch named like a protected tag', { accessLevel: 'ref_protected' }, { ref: 'v1' }, false],
    ['a runner that is paused', { paused: true }, {}, false],
    ['a project of another runner', { projects: ['acme/other'] }, {}, false],
    ['a project of the runner’s group', { projects: [], groups: ['acme'] }, {}, true],
  ])('a job with %s', async (_, runner, job, isTaken) => {
    await gitlab.setUp({ runners: [{ id: RUNNER_ID, token: RUNNER_TOKEN, ...runner }] });
    await gitlab.enqueue(job);
    expect((await gitlab.take()) !== null).toBe(isTaken);
  });

  test('sends its log in pieces; one that is sent twice is written once', async () => {
    const [id = ''] = await gitlab.enqueue({});
    const job = await taken();
    const text = Buffer.from('grün\n');
    // The first piece ends inside a character.
    expect((await gitlab.trace(job, 0, text.subarray(0, 3))).status).toBe(202);
    await gitlab.trace(job, 3, text.subarray(3));
    const again = await gitlab.trace(job, 3, text.subarray(3));
    expect([again.status, again.headers.get('range'), again.headers.get('job-status')]).toEqual([
      202,
      '0-6',
      'running',
    ]);
    expect(readFileSync((await gitlab.job(id)).logFile, 'utf8')).toBe('grün\n');
  });

  test('is told where the log ends when a piece is missing', async () => {
    await gitlab.enqueue({});
    const answer = await gitlab.trace(await taken(), 10, 'late');
    expect([answer.status, answer.headers.get('range')]).toEqual([416, '0-0']);
  });

  test.each([
    ['success', { state: 'success' }, { state: 'succeeded', exitCode: 0, reason: null }],
    [
      'its exit code',
      { state: 'failed', failure_reason: 'script_failure', exit_code: 7 },
      { state: 'failed', exitCode: 7, reason: null },
    ],
    [
      'a fault of the system',
      { state: 'failed', failure_reason: 'runner_system_failure' },
      { state: 'failed', reason: 'runner_system_failure' },
    ],
  ])('reports %s', async (_, update, expected) => {
    const [id = ''] = await gitlab.enqueue({});
    expect((await gitlab.update(await taken(), update)).status).toBe(200);
    expect(await gitlab.job(id)).toMatchObject(expected);
  });

  test('is asked again when its log is not whole, once', async () => {
    await gitlab.enqueue({});
    const job = await taken();
    const end = { state: 'success', output: { bytesize: 5 } };
    expect((await gitlab.update(job, end)).status).toBe(202);
    expect((await gitlab.update(job, end)).status).toBe(200);
  });

  test('may not speak for a job with the token of another', async () => {
    await gitlab.enqueue({}, {});
    const [one, other] = [await taken(), await taken()];
    expect((await gitlab.update({ ...one, token: other.token }, { state: 'success' })).status).toBe(403);
  });

  test('that is silent for too long has lost its job, and hears so', async () => {
    const [id = ''] = await gitlab.enqueue({});
    const job = await taken();
    gitlab.now += 16_000;
    await until('lost', async () => (await gitlab.job(id)).state === 'lost');
    const late = await gitlab.update(job, { state: 'success' });
    expect([late.status, late.headers.get('job-status')]).toEqual([403, 'failed']);
    expect((await gitlab.job(id)).state).toBe('lost');
  });

  test('that only shows that it runs keeps its job', async () => {
    const [id = ''] = await gitlab.enqueue({});
    const job = await taken();
    for (let beat = 0; beat < 3; beat++) {
      gitlab.now += 10_000;
      await gitlab.update(job, { state: 'running' });
    }
    expect((await gitlab.job(id)).state).toBe('running');
  });
});

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
    await taken();
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
    await taken();
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
    await gitlab.update(await taken(), { state: 'success' });
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
