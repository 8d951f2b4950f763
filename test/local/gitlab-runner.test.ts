/** The stand-in gitlab-runner keeps the rules of the real one that our instances rely on. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentProcess } from './agent-process';
import { RUNNER_ID, RUNNER_TOKEN, SYSTEM_ID } from './gitlab-bench';
import { RunnerBench } from './gitlab-runner-bench';
import { until } from './until';

let bench: RunnerBench;
beforeAll(async () => {
  bench = await RunnerBench.start();
});
afterAll(() => bench.stop());
beforeEach(() => rmSync(join(bench.folder, 'stages'), { force: true }));
afterEach(() => bench.gitlab.admin('PUT', 'outage', { status: null }));

const managers = () => bench.gitlab.admin<{ systemId: string }[]>('GET', 'managers');
const reached = (id: string, state: string) =>
  until(
    state,
    () => bench.gitlab.job(id),
    (job) => job.state === state,
  );
const logOf = async (id: string) => readFileSync((await bench.gitlab.job(id)).logFile, 'utf8');
const said = (runner: AgentProcess, words: string) =>
  until(words, runner.output, (text) => text.includes(words));

describe('register', () => {
  test('proves the token, makes a manager of this system id, and writes the runner beside what was in the file', async () => {
    const machine = bench.machine('concurrent = 3\n');
    expect(await bench.register(machine).ended).toBe(0);
    expect(await managers()).toMatchObject([{ runnerId: RUNNER_ID, systemId: SYSTEM_ID }]);
    const file = join(machine, 'config.toml');
    const config = readFileSync(file, 'utf8');
    for (const line of [
      'concurrent = 3',
      'name = "of-a-test"',
      'executor = "custom"',
      `token = "${RUNNER_TOKEN}"`,
    ])
      expect(config).toContain(line);
    expect(config).toContain(`run_exec = "${bench.folder}/driver"`);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test.each([
    ['a token that GitLab refuses', 'glrt-other', null, 'is not valid'],
    ['a legacy token', 'GR13489of-a-test', null, 'Failed to register the runner.'],
    ['a GitLab that is down', RUNNER_TOKEN, 503, 'Verifying runner... failed'],
  ])('fails with %s, and writes nothing', async (_, token, status, words) => {
    await bench.gitlab.admin('PUT', 'outage', { status });
    const machine = bench.machine();
    const register = bench.register(machine, token);
    expect(await register.ended).toBe(1);
    expect(register.output()).toContain(words);
    expect(readFileSync(join(machine, 'config.toml'), 'utf8')).toBe('concurrent = 1\n');
  });

  test('makes an id of its own when the one beside the file has another form', async () => {
    const machine = bench.machine();
    writeFileSync(join(machine, '.runner_system_id'), `${SYSTEM_ID}Z`);
    await bench.register(machine).ended;
    expect(readFileSync(join(machine, '.runner_system_id'), 'utf8')).toMatch(/^s_[0-9a-f]{12}$/);
  });
});

test('unregister removes the manager of this system, and the runner stays', async () => {
  const machine = await bench.registered();
  expect(await bench.run(machine, ['unregister', '--name', 'of-a-test']).ended).toBe(0);
  expect((await managers()).filter(({ systemId }) => systemId === SYSTEM_ID)).toEqual([]);
  const again = bench.run(machine, ['unregister', '--name', 'of-a-test']);
  expect([await again.ended, again.output()]).toEqual([
    1,
    expect.stringContaining('Could not find a runner'),
  ]);
  expect(await bench.register(machine).ended).toBe(0);
});

describe('run-single', () => {
  test('takes one job through the stages of its driver, reports its end, and exits', async () => {
    const machine = await bench.registered();
    const [id = '', next = ''] = await bench.gitlab.enqueue({ command: 'echo "in $PWD"; exit 7' }, {});
    expect(await bench.single(machine).ended).toBe(0);
    expect(await bench.gitlab.job(id)).toMatchObject({ state: 'failed', exitCode: 7, runs: 1, reason: null });
    expect(await logOf(id)).toContain(`in ${bench.folder}/builds/acme/app\n`);
    expect(bench.stages()).toEqual([
      'config ',
      'prepare ',
      'run prepare_script',
      'run get_sources',
      'run build_script',
      'run cleanup_file_variables',
      'cleanup ',
    ]);
    expect((await bench.gitlab.job(next)).state).toBe('queued');
    await bench.single(machine).ended;
  });

  test('notes in logrus form which job it took and how it ended', async () => {
    const machine = await bench.registered();
    const [id = ''] = await bench.gitlab.enqueue({ command: 'true' });
    const runner = bench.run(machine, [
      ...['--log-format', 'text', 'run-single', '--runner', 'of-a-test', '--max-builds', '1'],
    ]);
    await runner.ended;
    expect(runner.output()).toMatch(new RegExp(`msg="Checking for jobs... received".* job=${id} `));
    expect(runner.output()).toMatch(new RegExp(`msg="Job succeeded" .*job=${id} `));
  });

  test('a driver that fails is a failure of the system, tried three times', async () => {
    const machine = await bench.registered();
    const [id = ''] = await bench.gitlab.enqueue({});
    await bench.single(machine, { DRIVER_FAILS: 'prepare' }).ended;
    expect(await bench.gitlab.job(id)).toMatchObject({ state: 'failed', reason: 'runner_system_failure' });
    expect(bench.stages().filter((stage) => stage === 'prepare ')).toHaveLength(3);
    expect(bench.stages().at(-1)).toBe('cleanup ');
  });

  test('exits when it waited for too long', async () => {
    expect(await bench.single(await bench.registered()).ended).toBe(0);
  });

  test('drains on SIGQUIT, however often: its job ends by itself', async () => {
    const machine = await bench.registered();
    const [id = ''] = await bench.gitlab.enqueue({ seconds: 1.5 });
    const runner = bench.single(machine, {}, ['--max-builds', '5']);
    await reached(id, 'running');
    for (const _ of [1, 2]) runner.process.kill('SIGQUIT');
    await said(runner, 'waiting for builds to finish');
    expect(await runner.ended).toBe(0);
    expect((await bench.gitlab.job(id)).state).toBe('succeeded');
  });

  test('aborts its job on SIGTERM', async () => {
    const machine = await bench.registered();
    const [id = ''] = await bench.gitlab.enqueue({ command: 'sleep 60' });
    const runner = bench.single(machine);
    await until(
      'under way',
      () => bench.stages(),
      (stages) => stages.includes('run build_script'),
    ).catch(() => []);
    await reached(id, 'running');
    runner.process.kill('SIGTERM');
    await runner.ended;
    expect(await bench.gitlab.job(id)).toMatchObject({ state: 'failed', reason: 'runner_system_failure' });
  });

  test('brings a result that came while GitLab was down', async () => {
    const machine = await bench.registered();
    const [id = ''] = await bench.gitlab.enqueue({
      command: `until [[ -e ${bench.folder}/go ]]; do sleep 0.1; done`,
    });
    const runner = bench.single(machine);
    await reached(id, 'running');
    await bench.gitlab.admin('PUT', 'outage', { status: 503 });
    writeFileSync(join(bench.folder, 'go'), '');
    await until(
      'it has ended here',
      () => bench.stages(),
      (stages) => stages.at(-1) === 'cleanup ',
    );
    await bench.gitlab.admin('PUT', 'outage', { status: null });
    expect(await runner.ended).toBe(0);
    expect((await bench.gitlab.job(id)).state).toBe('succeeded');
  });
});

describe('run', () => {
  test('runs as many jobs at once as it may, tells how many by its metrics, and drains on SIGQUIT', async () => {
    const port = 20_000 + (process.pid % 20_000);
    const machine = await bench.registered(`concurrent = 2\nlisten_address = "127.0.0.1:${port}"\n`);
    const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const go = join(bench.folder, 'go-on');
    const command = `until [[ -e ${go} ]]; do sleep 0.1; done`;
    const runner = bench.run(machine, ['run']);
    await until(
      'it answers',
      () => metrics().catch(() => ''),
      (text) => text.includes('gitlab_runner_concurrent 2'),
    );
    expect(await metrics()).not.toContain('gitlab_runner_jobs{');
    const [a = '', b = '', c = ''] = await bench.gitlab.enqueue({ command }, { command }, { command });
    for (const id of [a, b]) await reached(id, 'running');
    expect(await metrics()).toMatch(/^gitlab_runner_jobs\{.*\} 2$/m);
    runner.process.kill('SIGQUIT');
    await said(runner, 'Starting graceful shutdown');
    writeFileSync(go, '');
    expect(await runner.ended).toBe(0);
    for (const id of [a, b]) expect((await bench.gitlab.job(id)).state).toBe('succeeded');
    expect((await bench.gitlab.job(c)).state).toBe('queued');
    await bench.single(machine).ended;
  });
});

test('says its version', async () => {
  const runner = bench.run(bench.machine(), ['--version']);
  expect([await runner.ended, runner.output()]).toEqual([0, expect.stringContaining('19.0.0')]);
});
