/** The stand-in agent keeps the rules of machine runner 3: single-task, idle timeout, drain, prefix, limits. */
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDuration, parseOptions } from '../../local/ci/agent/options';
import { CiBench, LOST_SECONDS } from './ci-bench';
import { until } from './until';

const finished = ({ state }: { state: string }) => !['queued', 'running'].includes(state);

let ci: CiBench;
const running = (id: string) =>
  until(
    'running',
    () => ci.job(id),
    ({ state }) => state === 'running',
  );
const done = (id: string) => until('finished', () => ci.job(id), finished);

describe('the agent', () => {
  beforeAll(async () => {
    ci = await CiBench.start();
  });
  afterAll(() => ci.stop());
  afterEach(() => ci.admin('PUT', 'outage', { status: null }));

  test('runs one job, streams its output, reports its result and exits', async () => {
    const [id = ''] = await ci.enqueue({ command: 'echo "in $PWD"; echo to stderr >&2; exit 7' });
    expect(await ci.startAgent().ended).toBe(0);
    const job = await ci.job(id);
    expect(job).toMatchObject({ state: 'failed', exitCode: 7, runs: 1, reason: null });
    expect(readFileSync(job.logFile, 'utf8')).toMatch(/^in .*\nto stderr\n$/);
  });

  test('runs each of many jobs once, among many agents', async () => {
    const ids = await ci.enqueue({}, {}, {}, {}, {});
    const agents = ids.map(() => ci.startAgent());
    expect(await Promise.all(agents.map(({ ended }) => ended))).toEqual(ids.map(() => 0));
    const jobs = (await ci.jobs()).filter(({ id }) => ids.includes(id));
    expect(jobs.map(({ state, runs }) => `${state} ${runs}`)).toEqual(ids.map(() => 'succeeded 1'));
    expect(new Set(jobs.map(({ runner }) => runner)).size).toBe(ids.length);
  });

  test('exits when it was idle for too long', async () => {
    expect(await ci.startAgent({ CIRCLECI_RUNNER_IDLE_TIMEOUT: '300ms' }).ended).toBe(0);
  });

  test('drains on SIGTERM: the job finishes, then it exits', async () => {
    const [id = ''] = await ci.enqueue({ seconds: 1.5 }, { name: 'next' });
    const agent = ci.startAgent({ CIRCLECI_RUNNER_MODE: 'continuous' });
    await running(id);
    agent.process.kill('SIGTERM');
    expect(await agent.ended).toBe(0);
    const [drained, next] = (await ci.jobs()).slice(-2);
    expect([drained?.state, next?.state]).toEqual(['succeeded', 'queued']);
    await ci.startAgent().ended;
  });

  test('a second SIGTERM ends the job', async () => {
    const [id = ''] = await ci.enqueue({ command: 'sleep 60' });
    const agent = ci.startAgent();
    await running(id);
    await until('under way', () => readdirSync(join(ci.folder, 'work')).includes(id));
    agent.process.kill('SIGTERM');
    agent.process.kill('SIGTERM');
    await until('told', agent.output, (text) => text.includes('shutting down'));
    agent.process.kill('SIGTERM');
    await agent.ended;
    expect((await ci.job(id)).state).toBe('failed');
  });

  test('continues with the next job when it is continuous', async () => {
    const ids = await ci.enqueue({}, {});
    const agent = ci.startAgent({ CIRCLECI_RUNNER_MODE: 'continuous' });
    for (const id of ids) expect((await done(id)).state).toBe('succeeded');
    agent.process.kill('SIGTERM');
    expect(await agent.ended).toBe(0);
  });

  test('ends a job that takes longer than max_run_time', async () => {
    const [id = ''] = await ci.enqueue({ command: 'sleep 60' });
    await ci.startAgent({ CIRCLECI_RUNNER_MAX_RUN_TIME: '500ms' }).ended;
    expect(await ci.job(id)).toMatchObject({ state: 'failed' });
  });

  test('starts the job through the command prefix, without the runner token', async () => {
    const prefix = join(ci.folder, 'prefix');
    writeFileSync(prefix, '#!/bin/bash\nexport THROUGH=the-prefix\nexec "$@"\n');
    chmodSync(prefix, 0o755);
    const [id = ''] = await ci.enqueue({ command: 'echo "$THROUGH"; env | grep RUNNER_ || echo no token' });
    await ci.startAgent({ CIRCLECI_RUNNER_COMMAND_PREFIX: prefix }).ended;
    expect(readFileSync((await ci.job(id)).logFile, 'utf8')).toBe('the-prefix\nno token\n');
  });

  test('a prefix that does not start the job fails it', async () => {
    const [id = ''] = await ci.enqueue({});
    await ci.startAgent({ CIRCLECI_RUNNER_COMMAND_PREFIX: '/bin/true' }).ended;
    expect(await ci.job(id)).toMatchObject({ state: 'failed', exitCode: null });
  });

  test('removes the working directory when told so', async () => {
    const [id = ''] = await ci.enqueue({ command: 'touch here' });
    await ci.startAgent().ended;
    expect(existsSync(join(ci.folder, 'work', id))).toBe(false);
  });

  test('exits with an error when its token is refused', async () => {
    expect(await ci.startAgent({ CIRCLECI_RUNNER_API_AUTH_TOKEN: 'wrong' }).ended).toBe(1);
  });

  test('claims when the CI is back after an outage', async () => {
    await ci.admin('PUT', 'outage', { status: 503 });
    const [id = ''] = await ci.enqueue({});
    const agent = ci.startAgent({ CIRCLECI_RUNNER_IDLE_TIMEOUT: '20s' });
    await until('tried', agent.output, (text) => text.includes('503'));
    await ci.admin('PUT', 'outage', { status: null });
    expect(await agent.ended).toBe(0);
    expect((await ci.job(id)).state).toBe('succeeded');
  });

  test('says its version', async () => {
    const agent = ci.startAgent({}, ['--version']);
    expect(await agent.ended).toBe(0);
    expect(agent.output()).toMatch(/3\.0\.0/);
  });
});

describe('an agent that is not heard for long', () => {
  beforeAll(async () => {
    ci = await CiBench.start();
  });
  afterAll(() => ci.stop());
  afterEach(() => ci.admin('PUT', 'outage', { status: null }));

  test('brings a result that ended in an outage, and the job is not lost', async () => {
    const [id = ''] = await ci.enqueue({ seconds: 0.5 });
    const agent = ci.startAgent();
    await running(id);
    await ci.admin('PUT', 'outage', { status: 503 });
    ci.aheadMs += (LOST_SECONDS + 1) * 1000;
    // The check for silent agents has run when it would have lost this one, and has not.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await ci.admin('PUT', 'outage', { status: null });
    expect(await agent.ended).toBe(0);
    expect((await ci.job(id)).state).toBe('succeeded');
  });

  test('a job is lost when its agent dies', async () => {
    const [id = ''] = await ci.enqueue({ command: 'exec sleep 60' });
    const agent = ci.startAgent({ CIRCLECI_RUNNER_COMMAND_PREFIX: '/usr/bin/setpriv --pdeathsig KILL' });
    await running(id);
    agent.process.kill('SIGKILL');
    await agent.ended;
    ci.aheadMs += (LOST_SECONDS + 1) * 1000;
    expect(await done(id)).toMatchObject({ state: 'lost', runs: 1 });
  });
});

describe('the configuration', () => {
  const file =
    'api:\n  auth_token: t\nrunner:\n  command_prefix: ["sudo", "-u", "job"]\n  idle_timeout: 1m30s\n';

  test('is read from the file', () => {
    expect(parseOptions(file, {}, 'host')).toMatchObject({
      authToken: 't',
      commandPrefix: ['sudo', '-u', 'job'],
      idleTimeoutMs: 90_000,
      maxRunTimeMs: 5 * 3_600_000,
      mode: 'continuous',
      name: 'host',
    });
  });

  test('the environment goes before the file', () => {
    const options = parseOptions(
      file,
      { CIRCLECI_RUNNER_IDLE_TIMEOUT: '5s', CIRCLECI_RUNNER_NAME: 'n' },
      'host',
    );
    expect([options.idleTimeoutMs, options.name]).toEqual([5000, 'n']);
  });

  test.each(['5', 'h', '5 h', '1h-'])('%s is no duration', (text) => {
    expect(() => parseDuration(text)).toThrow(/duration/);
  });
});
