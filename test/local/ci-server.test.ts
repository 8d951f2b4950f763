/** The stand-in CircleCI answers as the documented runner API does. */
import { JobQueue } from '../../local/ci/circleci/jobs';
import { CiBench, CLASS, TOKENS } from './ci-bench';

describe('the runner API', () => {
  let ci: CiBench;
  beforeAll(async () => {
    ci = await CiBench.start();
  });
  afterAll(() => ci.stop());
  afterEach(() => ci.admin('PUT', 'outage', { status: null }));

  const tasks = `/api/v3/runner/tasks?resource-class=${CLASS}`;

  test('counts queued jobs of the class', async () => {
    await ci.enqueue({}, {}, { resourceClass: 'acme/other' });
    expect(await (await ci.get(tasks)).json()).toEqual({ unclaimed_task_count: 2 });
    const running = await ci.get(`/api/v3/runner/tasks/running?resource-class=${CLASS}`);
    expect(await running.json()).toEqual({ running_runner_tasks: 0 });
  });

  test.each([
    ['no token', null],
    ['a token that nobody has', 'other'],
    ['a resource-class token, which only claims', TOKENS.runnerToken],
  ])('refuses %s with 401', async (_, token) => {
    expect((await ci.get(tasks, token)).status).toBe(401);
  });

  test.each([
    ['a class that is not there', '/api/v3/runner/tasks?resource-class=acme/none', 404],
    ['a request without a class', '/api/v3/runner/tasks', 400],
    ['a path that is not there', '/api/v9/runner', 404],
  ])('answers %s', async (_, path, status) => {
    expect((await ci.get(path)).status).toBe(status);
  });

  test('lists an agent as soon as it asked for work, unless it is to forget it', async () => {
    const list = async () => {
      const answer = await ci.get(`/api/v3/runner?resource-class=${CLASS}`);
      return ((await answer.json()) as { items: { name: string }[] }).items.map(({ name }) => name);
    };
    await ci.admin('PUT', 'hold', { resourceClass: CLASS, held: true });
    await fetch(`${ci.url}/_agent/claim`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKENS.runnerToken}` },
      body: JSON.stringify({ name: 'i-0123456789abcdef0', version: '3', claimId: '1' }),
    });
    await ci.admin('PUT', 'hold', { resourceClass: CLASS, held: false });
    expect(await list()).toEqual(['i-0123456789abcdef0']);
    await ci.admin('PUT', 'agents/i-0123456789abcdef0', { forgotten: true });
    expect(await list()).toEqual([]);
    await ci.admin('PUT', 'agents/i-0123456789abcdef0', { forgotten: false });
    expect(await list()).toEqual(['i-0123456789abcdef0']);
  });

  test('an outage is seen by the API and not by the admin side', async () => {
    await ci.admin('PUT', 'outage', { status: 503 });
    expect((await ci.get(tasks)).status).toBe(503);
    expect(Array.isArray(await ci.jobs())).toBe(true);
  });

  test('an outage of one class spares the others', async () => {
    await ci.admin('PUT', 'outage', { status: 503, resourceClass: 'acme/other' });
    expect((await ci.get(tasks)).status).toBe(200);
  });

  test('an outage that hangs gives no answer', async () => {
    await ci.admin('PUT', 'outage', { status: 'hang' });
    const asked = fetch(`${ci.url}${tasks}`, {
      headers: { 'Circle-Token': TOKENS.apiToken },
      signal: AbortSignal.timeout(300),
    });
    await expect(asked).rejects.toThrow();
  });
});

describe('the queue', () => {
  const start = Date.UTC(2026, 0, 1);
  const queueOf = (...ids: string[]) => {
    const queue = new JobQueue();
    for (const id of ids)
      queue.add({ id, name: id, resourceClass: CLASS, seconds: 1, command: null, logFile: '' }, start);
    return queue;
  };

  test('gives each job to one claim, in order', () => {
    const queue = queueOf('a', 'b');
    const claimed = ['1', '2', '3'].map((claim) => queue.claimOf(CLASS, 'agent', claim, start)?.job.id);
    expect(claimed).toEqual(['a', 'b', undefined]);
  });

  test('gives a claim that is asked twice the same job, so that a lost answer loses no job', () => {
    const queue = queueOf('a', 'b');
    const first = queue.claimOf(CLASS, 'agent', '1', start);
    expect(queue.claimOf(CLASS, 'agent', '1', start)).toEqual(first);
    expect(first?.job.runs).toBe(1);
  });

  test('keeps jobs of a held class queued', () => {
    const queue = queueOf('a');
    queue.hold(CLASS, true);
    expect(queue.claimOf(CLASS, 'agent', '1', start)).toBeNull();
    queue.hold(CLASS, false);
    expect(queue.claimOf(CLASS, 'agent', '1', start)?.job.id).toBe('a');
  });

  test('loses a job whose agent is silent, once', () => {
    const queue = queueOf('a');
    const claimed = queue.claimOf(CLASS, 'agent', '1', start);
    expect(queue.loseSilent(start + 15_000, 15)).toEqual([]);
    expect(queue.loseSilent(start + 15_001, 15).map(({ id }) => id)).toEqual(['a']);
    if (claimed) queue.finish(claimed.job, 0, null, start + 16_000);
    expect(claimed?.job.state).toBe('lost');
  });

  test('the first word on how a job ended is the last', () => {
    const queue = queueOf('a');
    const claimed = queue.claimOf(CLASS, 'agent', '1', start);
    if (!claimed) throw new Error('no claim');
    queue.finish(claimed.job, 3, null, start);
    queue.finish(claimed.job, 0, null, start);
    expect(claimed.job).toMatchObject({ state: 'failed', exitCode: 3 });
  });
});
