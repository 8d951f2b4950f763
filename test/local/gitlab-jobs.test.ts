/** The stand-in GitLab gives runners jobs as gitlab-runner's network client has it. */
import { readFileSync } from 'node:fs';
import { GitlabBench, INSTANCE_ID, PROJECT, RUNNER_ID, RUNNER_TOKEN, SYSTEM_ID } from './gitlab-bench';
import { until } from './until';

let gitlab: GitlabBench;
beforeEach(async () => {
  gitlab = await GitlabBench.start();
});
afterEach(() => gitlab.stop());

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
    const { steps, variables, image } = await gitlab.taken();
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
    const job = await gitlab.taken();
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
    const answer = await gitlab.trace(await gitlab.taken(), 10, 'late');
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
    expect((await gitlab.update(await gitlab.taken(), update)).status).toBe(200);
    expect(await gitlab.job(id)).toMatchObject(expected);
  });

  test('is asked again when its log is not whole, once', async () => {
    await gitlab.enqueue({});
    const job = await gitlab.taken();
    const end = { state: 'success', output: { bytesize: 5 } };
    expect((await gitlab.update(job, end)).status).toBe(202);
    expect((await gitlab.update(job, end)).status).toBe(200);
  });

  test('may not speak for a job with the token of another', async () => {
    await gitlab.enqueue({}, {});
    const [one, other] = [await gitlab.taken(), await gitlab.taken()];
    expect((await gitlab.update({ ...one, token: other.token }, { state: 'success' })).status).toBe(403);
  });

  test('that is silent for too long has lost its job, and hears so', async () => {
    const [id = ''] = await gitlab.enqueue({});
    const job = await gitlab.taken();
    gitlab.now += 16_000;
    await until('lost', async () => (await gitlab.job(id)).state === 'lost');
    const late = await gitlab.update(job, { state: 'success' });
    expect([late.status, late.headers.get('job-status')]).toEqual([403, 'failed']);
    expect((await gitlab.job(id)).state).toBe('lost');
  });

  test('that only shows that it runs keeps its job', async () => {
    const [id = ''] = await gitlab.enqueue({});
    const job = await gitlab.taken();
    for (let beat = 0; beat < 3; beat++) {
      gitlab.now += 10_000;
      await gitlab.update(job, { state: 'running' });
    }
    expect((await gitlab.job(id)).state).toBe('running');
  });
});
