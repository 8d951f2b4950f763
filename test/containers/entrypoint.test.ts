/** The container with its one job: how both end, and who says so. */
import { describeAsRoot } from '../as-root';
import { until } from '../local/until';
import type { Task } from './task';
import { type Minted, useWorld } from './task-world';

const MINUTES = 60_000;
/** Before a job came; actions/start-runner/src/runner/judge-stop.ts. */
const TOLD_TO_STOP = 75;
/** A job that lasts until the test lets it go. */
const UNTIL_TOLD = 'echo started; until [[ -e /tmp/go ]]; do sleep 0.2; done; echo went on';

describeAsRoot('a container of the runner', () => {
  const used = useWorld();

  const startJob = async (environment: Record<string, string> = {}, command = UNTIL_TOLD) => {
    const { world } = used;
    const minted = await world.mint();
    const job = await world.queue(minted, { command });
    const task = world.run(minted, environment);
    await until(
      'the job runs',
      () => world.logOf(job).catch(() => ''),
      (log) => log.includes('started'),
      120,
    );
    return { task, job, minted };
  };
  const letGo = (task: Task) => task.write('/tmp/go');
  const isGone = async (minted: Minted) => (await used.world.runner(minted)) === undefined;

  test(
    'runs one job, whose end is its own, and leaves nothing at GitHub',
    async () => {
      const { world } = used;
      const { task, job, minted } = await startJob();
      // For somebody else: one job is all that it takes.
      const second = await world.queue(minted);
      letGo(task);
      expect(await task.ended).toBe(0);
      expect(await world.job(job)).toMatchObject({ conclusion: 'success' });
      expect(await world.logOf(job)).toMatch(
        /Image of the runner: GitHub runner .*, with git, build-essential/,
      );
      expect(await world.job(second)).toMatchObject({ conclusion: null });
      expect(await isGone(minted)).toBe(true);
      expect(task.errors).toBe('');
    },
    5 * MINUTES,
  );

  test(
    'ends with 0 after a job that failed: that is told by GitHub',
    async () => {
      const { world } = used;
      const minted = await world.mint();
      const job = await world.queue(minted, { command: 'exit 3' });
      expect(await world.run(minted).ended).toBe(0);
      expect(await world.job(job)).toMatchObject({ conclusion: 'failure' });
    },
    5 * MINUTES,
  );

  test(
    'keeps its configuration and its role out of arguments, job, and log',
    async () => {
      const look = [
        'env',
        'for process in /proc/[0-9]*; do echo "$process $(tr "\\0" " " <$process/cmdline)"; done',
        'for pid in 1 $(pgrep -f ^/usr/lib/muster/bash); do cat /proc/$pid/environ >/dev/null 2>&1 && echo "READ $pid"; done',
        'ls /proc/1/environ && echo looked',
      ].join('\n');
      const { world } = used;
      const { task, job, minted } = await startJob({}, `echo started\n${look}\n${UNTIL_TOLD}`);
      await until(
        'the job has looked',
        () => world.logOf(job),
        (log) => log.includes('looked'),
      );
      const token = Buffer.from(minted.encoded, 'base64').toString();
      const secrets = [minted.encoded, minted.encoded.slice(0, 64), token.slice(0, 64), minted.secret];
      const expectNone = (text: string) => {
        for (const secret of [...secrets, 'credentials/of-a-test', 'session-of-a-test', 'key-of-a-test'])
          expect(text).not.toContain(secret);
      };
      const { processes } = task;
      expect(processes.map(({ name }) => name)).toEqual(expect.arrayContaining(['tini', 'Runner.Worker']));
      for (const { arguments: words } of processes) expectNone(words);
      const worker = processes.find(({ name }) => name === 'Runner.Worker');
      expectNone(worker?.environment.join('\n') ?? '');
      expect(worker?.environment.join('\n')).not.toMatch(/^(ACTIONS_RUNNER_INPUT|AWS_CONTAINER|ECS_)/m);
      letGo(task);
      expect(await task.ended).toBe(0);
      const log = await world.logOf(job);
      expectNone(log);
      expect(log).not.toMatch(/^READ /m);
      expectNone(task.out + task.errors);
    },
    5 * MINUTES,
  );

  test(
    'starts the runner so that SIGINT reaches it',
    async () => {
      const { task } = await startJob();
      const started = task.processes.filter(({ arguments: words }) =>
        /actions-runner\/run(-helper)?\.sh/.test(words),
      );
      expect(started.length).toBeGreaterThanOrEqual(2);
      for (const { ignoredSignals } of started) expect(ignoredSignals & 0b10n).toBe(0n);
    },
    5 * MINUTES,
  );

  test(
    'told to stop before a job, leaves GitHub in order, quickly and with a status of its own',
    async () => {
      const { world } = used;
      const minted = await world.mint();
      const task = world.run(minted);
      await world.untilOnline(minted);
      const told = performance.now();
      task.signal('SIGTERM');
      expect(await task.ended).toBe(TOLD_TO_STOP);
      expect(performance.now() - told).toBeLessThan(20_000);
      expect(task.out).toContain('no job is running: the runner leaves');
      expect(await world.runner(minted)).toMatchObject({ status: 'offline' });
    },
    5 * MINUTES,
  );

  test(
    'told to stop during a job, lets it finish',
    async () => {
      const { world } = used;
      const { task, job } = await startJob();
      task.signal('SIGTERM');
      // Twice: somebody is impatient.
      task.signal('SIGTERM');
      letGo(task);
      expect(await task.ended).toBe(0);
      expect(await world.job(job)).toMatchObject({ conclusion: 'success' });
      expect(await world.logOf(job)).toContain('went on');
    },
    5 * MINUTES,
  );

  test(
    'told to stop during a job that does not end, cancels it before it is killed itself',
    async () => {
      const { world } = used;
      const { task, job, minted } = await startJob({ MUSTER_STOP_SECONDS: '12' });
      task.signal('SIGTERM');
      expect(await task.ended).toBe(0);
      expect(task.out).toMatch(/the job has not ended in the time that ECS gives: it is cancelled/);
      expect(await world.job(job)).toMatchObject({
        conclusion: 'cancelled',
        reason: expect.stringContaining('The runner has received a shutdown signal'),
      });
      expect(await isGone(minted)).toBe(true);
    },
    5 * MINUTES,
  );

  test(
    'waits for a job that takes its time to be cancelled, and interrupts the runner once',
    async () => {
      const { world } = used;
      // With what its step takes to end about 20 s. A second SIGINT to the runner's group would reach the clean-up.
      const cleanUp =
        'echo "trap \'echo interrupted again\' INT; for i in {1..36}; do sleep 0.5; done; echo cleaned up" >/tmp/last.sh';
      const { task, job, minted } = await startJob(
        { MUSTER_STOP_SECONDS: '12', ACTIONS_RUNNER_HOOK_JOB_COMPLETED: '/tmp/last.sh' },
        `${cleanUp}\n${UNTIL_TOLD}`,
      );
      task.signal('SIGTERM');
      await task.says('it is cancelled');
      const cancelled = performance.now();
      expect(await task.ended).toBe(0);
      expect(performance.now() - cancelled).toBeGreaterThan(17_000);
      expect(task.out).not.toContain('the container ends without it');
      expect(await world.job(job)).toMatchObject({ conclusion: 'cancelled' });
      const log = await world.logOf(job);
      expect(log).toContain('cleaned up');
      expect(log).not.toContain('interrupted again');
      expect(await isGone(minted)).toBe(true);
    },
    5 * MINUTES,
  );

  test(
    'cancels a job that is over its limit',
    async () => {
      const { world } = used;
      const minted = await world.mint();
      const job = await world.queue(minted, { command: UNTIL_TOLD });
      const task = world.run(minted, { MUSTER_JOB_LIMIT_MINUTES: '0' });
      expect(await task.ended).toBe(0);
      expect(task.out).toMatch(/longer than its limit, 0 minutes \(jobLimitMinutes/);
      expect(await world.job(job)).toMatchObject({ conclusion: 'cancelled' });
    },
    5 * MINUTES,
  );

  test(
    'leaves when no job comes within twice the time for one',
    async () => {
      const { world } = used;
      const minted = await world.mint();
      // Bash counts its seconds from here: a quarter of a minute is left.
      const task = world.run(minted, { MUSTER_CLAIM_MINUTES: '10', SECONDS: '1185' });
      await task.says('No job came in 20 minutes');
      expect(await task.ended).toBe(0);
      expect(await world.runner(minted)).toMatchObject({ status: 'offline', busy: false });
    },
    5 * MINUTES,
  );

  test(
    'does not leave a job alone because it came late',
    async () => {
      const { world } = used;
      // The time for a job is over while this one runs.
      const late = { MUSTER_CLAIM_MINUTES: '10', SECONDS: '1170' };
      const { task, job } = await startJob(late, 'echo started; sleep 35; echo went on');
      expect(await task.ended).toBe(0);
      expect(task.out).not.toContain('No job came');
      expect(await world.job(job)).toMatchObject({ conclusion: 'success' });
    },
    5 * MINUTES,
  );

  test(
    'ends with 0 when its registration is removed before a job came',
    async () => {
      const { world } = used;
      const minted = await world.mint();
      const task = world.run(minted);
      await world.untilOnline(minted);
      const { id } = (await world.runner(minted)) ?? {};
      expect((await world.bench.actions('DELETE', `runners/${id}`)).status).toBe(204);
      expect(await task.ended).toBe(0);
      expect(task.out).toContain('The runner left before a job came: its registration was removed');
    },
    5 * MINUTES,
  );

  test(
    'fails when its registration is gone before it starts',
    async () => {
      const { world } = used;
      const minted = await world.mint();
      const { id } = (await world.runner(minted)) ?? {};
      await world.bench.actions('DELETE', `runners/${id}`);
      const task = world.run(minted);
      expect(await task.ended).toBe(1);
      expect(task.out).toContain('The runner registration has been deleted from the server');
      expect(task.errors).toMatch(/The runner never got online/);
    },
    5 * MINUTES,
  );

  test(
    'fails when GitHub does not answer for twice the time that a job may take to come',
    async () => {
      const { world } = used;
      const minted = await world.mint();
      await world.bench.github.playOutage({ status: 503 });
      const task = world.run(minted, { MUSTER_CLAIM_MINUTES: '10', SECONDS: '1185' });
      expect(await task.ended).toBe(1);
      expect(task.out).toContain('Retrying until reconnected');
      expect(task.errors).toMatch(/The runner never got online/);
    },
    5 * MINUTES,
  );

  test(
    'fails with the remedy when GitHub finds its runner too old',
    async () => {
      const { world } = used;
      await world.bench.github.setUp({ minimumVersion: '99.0.0' });
      const minted = await world.mint();
      const task = world.run(minted);
      expect(await task.ended).toBe(1);
      expect(task.errors).toMatch(/too old: make runner-image with a current pin \(make bump\)/);
    },
    5 * MINUTES,
  );
});
