/** The stand-in GitHub and a runner that polls it: sessions, jobs, cancelling, loss, and registrations that end. */
import { readFileSync } from 'node:fs';
import { GithubBench, LABEL, LABELS, REPOSITORY } from './github-bench';
import { until } from './until';

let bench: GithubBench;
beforeEach(async () => {
  bench = await GithubBench.start();
});
afterEach(() => bench.stop());

const online = async () => (await bench.github.readRunners()).map(({ status, busy }) => [status, busy]);
const queue = async (changes: object = {}) =>
  (await bench.github.queue({ repository: REPOSITORY, labels: ['self-hosted', LABEL], ...changes }))[0] ?? '';

test('a runner is online while it polls, takes one job, and is gone with it', async () => {
  const runner = await bench.minted();
  expect(await runner.connect()).toBe(200);
  const polled = runner.takeJob();
  await until('online', online, ([first]) => first?.[0] === 'online');
  const id = await queue({ name: 'work', command: 'make' });
  const job = await polled;
  expect(job).toMatchObject({
    jobId: id,
    name: 'work',
    command: 'make',
    environment: { GITHUB_REPOSITORY: REPOSITORY, RUNNER_ENVIRONMENT: 'self-hosted' },
  });
  expect(await online()).toEqual([['online', true]]);
  expect((await bench.actions('DELETE', `runners/${runner.id}`)).status).toBe(422);
  expect((await runner.ask('POST', `/jobs/${id}/log`, 'hello\n')).status).toBe(204);
  expect(await runner.finish(job, 'success')).toBe(204);
  expect(await bench.github.readJob(id)).toMatchObject({
    state: 'succeeded',
    conclusion: 'success',
    runner: LABEL,
    runs: 1,
  });
  expect(readFileSync((await bench.github.readJob(id)).logFile, 'utf8')).toBe('hello\n');
  expect(await bench.github.readLeftovers()).toEqual([]);
  expect((await runner.ask('DELETE', '/session')).status).toBe(401);
});

test.each([
  ['labels that it does not have', { labels: ['self-hosted', LABEL, 'gpu'] }],
  ['another repository', { repository: 'acme/other' }],
])('a job with %s is for others', async (_, changes) => {
  const runner = await bench.minted();
  await runner.connect();
  const other = await queue(changes);
  const own = await queue({ labels: LABELS.map((label) => label.toUpperCase()) });
  expect((await runner.takeJob()).jobId).toBe(own);
  expect(await bench.github.readJob(other)).toMatchObject({ state: 'queued' });
});

test('a job whose message got lost is told again, and only to that runner', async () => {
  const [one, other] = [await bench.minted(), await bench.minted('other')];
  const id = await queue();
  await one.connect();
  await other.connect();
  expect((await one.takeJob()).jobId).toBe(id);
  expect((await one.takeJob()).jobId).toBe(id);
  const left = new AbortController();
  const polled = other.poll('Online', left.signal).catch(() => null);
  expect(await bench.github.readJob(id)).toMatchObject({ runs: 1, runner: LABEL });
  left.abort();
  await polled;
});

test('who hung up is given nothing', async () => {
  const runner = await bench.minted();
  await runner.connect();
  const left = new AbortController();
  const polled = runner.poll('Online', left.signal).catch(() => null);
  await until('online', online, ([first]) => first?.[0] === 'online');
  left.abort();
  await polled;
  const later = () => {
    bench.now += 16_000;
    return online();
  };
  await until('offline', later, ([first]) => first?.[0] === 'offline');
  const id = await queue();
  expect(await bench.github.readJob(id)).toMatchObject({ state: 'queued' });
});

test('busy may be shown late, and still nobody removes the runner', async () => {
  await bench.github.setUp({ busyLagSeconds: 60 });
  const runner = await bench.minted();
  await runner.connect();
  await queue();
  await runner.takeJob();
  expect(await online()).toEqual([['online', false]]);
  expect((await bench.actions('DELETE', `runners/${runner.id}`)).status).toBe(422);
});

test('a removed runner hears it while it polls, and cannot come back', async () => {
  const runner = await bench.minted();
  await runner.connect();
  const polled = runner.poll();
  await until('online', online, ([first]) => first?.[0] === 'online');
  await bench.actions('DELETE', `runners/${runner.id}`);
  expect(await polled).toMatchObject({ status: 404, errorKind: 'RunnerNotFound' });
  expect(await runner.connect()).toBe(401);
});

test('two of one configuration are not there at once; the second comes when the first is silent', async () => {
  const runner = await bench.minted();
  await runner.connect();
  expect(await runner.connect()).toBe(409);
  bench.now += 16_000;
  expect(await runner.connect()).toBe(200);
});

test('a runner that says goodbye is offline, and its registration stays', async () => {
  const runner = await bench.minted();
  await runner.connect();
  expect((await runner.ask('DELETE', '/session')).status).toBe(204);
  expect(await online()).toEqual([['offline', false]]);
  expect((await runner.poll()).status).toBe(410);
});

test('a runner that is too old gets no jobs', async () => {
  await bench.github.setUp({ minimumVersion: '2.331.0' });
  const runner = await bench.minted();
  await runner.connect();
  expect(await runner.poll()).toMatchObject({ status: 403, errorKind: 'RunnerVersionTooOld' });
  await bench.github.setUp({ minimumVersion: '2.329.10' });
  await queue();
  expect((await runner.poll()).status).toBe(200);
});

test('a cancelled job is cancelled by its runner; one that waits ends at once', async () => {
  const runner = await bench.minted();
  await runner.connect();
  const [running, waiting] = [await queue(), await queue()];
  const job = await runner.takeJob();
  await bench.github.cancel(waiting);
  expect(await bench.github.readJob(waiting)).toMatchObject({ state: 'failed', conclusion: 'cancelled' });
  const polled = runner.poll('Busy');
  await bench.github.cancel(running);
  expect(await polled).toMatchObject({ messageType: 'JobCancellation', body: { jobId: running } });
  await runner.finish(job, 'cancelled');
  expect(await bench.github.readJob(running)).toMatchObject({ state: 'failed', conclusion: 'cancelled' });
});

test('the job of a silent runner is lost, and its registration stays for who cleans up', async () => {
  const runner = await bench.minted();
  await runner.connect();
  const id = await queue();
  const job = await runner.takeJob();
  bench.now += 16_000;
  const lost = await until(
    'lost',
    () => bench.github.readJob(id),
    ({ state }) => state === 'lost',
  );
  expect(lost).toMatchObject({
    conclusion: 'failure',
    reason: expect.stringContaining('lost communication'),
  });
  expect(await runner.finish(job, 'success')).toBe(404);
  expect((await bench.actions('DELETE', `runners/${runner.id}`)).status).toBe(204);
});
