/**
 * Workflows of GitHub that start their own runners: the deployed stack, the pushed image, the action's own bundle, tasks that
 * run the image's entry point, on Fargate and on hosts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { CONTAINER_HOSTS, runnerFamily, runnerLogGroup } from '../../config/names';
import { runFiles } from '../../local/cloud/layout';
import { makeClients } from '../../local/run/operator';
import { describeAsRoot } from '../as-root';
import { findInFiles, readProcesses } from './canary';
import { readRoleUse } from './permissions';
import { INFRA, makeRunners, type Runners, SHOP } from './runners';
import { SECONDS, until, untilEmpty } from './waits';
import { makeWorld, type World } from './world';

const LIMIT_MS = 900_000;
/** A first job on a host waits for the host. */
const WORK_SECONDS = 600;
const NO_SPOT =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';
/** What a configuration looks like wherever it is, in whatever encoding: no word of ours is so long. */
const LONG = /[A-Za-z0-9+/=_-]{400,}/;

describeAsRoot("GitHub's runners on the local cloud", () => {
  let world: World;
  let runners: Runners;

  beforeAll(async () => {
    world = await makeWorld('github', { machines: 'few' });
    runners = await makeRunners(world);
  }, 1_800_000);
  afterAll(async () => {
    await world?.stop();
  }, LIMIT_MS);

  const untilNothingLeft = () =>
    until(
      'no runner, task or configuration is left',
      () => runners.readLeft(),
      (left) => left.length === 0,
      SECONDS.leave,
    );
  const hurried = { 'timeout-minutes': '1' };

  test.each([
    { origin: SHOP, mode: 'fargate-spot' },
    { origin: INFRA, mode: 'ec2' },
  ])(
    'a job of $origin.repository runs on its own runner ($mode), of which nothing is left',
    async ({ origin, mode }) => {
      const { start, work, conclusion } = await runners.play(origin, {
        workLimitSeconds: WORK_SECONDS,
        inputs: { 'timeout-minutes': '20' },
      });
      expect({ log: start.log, conclusion, work }).toMatchObject({
        conclusion: 'success',
        work: { state: 'succeeded', conclusion: 'success', runner: start.outputs.label },
      });
      expect(start.outputs).toMatchObject({ mode, label: expect.stringMatching(/^muster-github-/) });
      await untilNothingLeft();
    },
    LIMIT_MS,
  );

  test(
    'hosts leave when no task is left',
    () => untilEmpty(world, CONTAINER_HOSTS, 2 * SECONDS.leave),
    LIMIT_MS,
  );

  test.each([
    { what: 'another branch', origin: { ...INFRA, ref: 'refs/heads/other' } },
    { what: 'no environment', origin: { ...SHOP, environment: null } },
    { what: 'another repository', origin: { ...SHOP, rule: 'infra' } },
  ])('a job of $what gets no role, and nothing is made', async ({ origin }) => {
    const before = (await runners.readTasks()).length;
    const { start, conclusion } = await runners.play(origin, { work: null });
    expect({ conclusion, log: start.log }).toMatchObject({
      conclusion: 'failure',
      log: expect.stringMatching(/AccessDenied|not authorized/i),
    });
    expect(await runners.readLeft()).toEqual([]);
    expect(await runners.readTasks()).toHaveLength(before);
  });

  test(
    'without spot capacity the next mode is taken',
    async () => {
      const failure = { provider: 'FARGATE_SPOT', reason: NO_SPOT };
      const { start, work } = await runners.failing(failure, () => runners.play(SHOP));
      expect({ log: start.log, mode: start.outputs.mode, work }).toMatchObject({
        mode: 'fargate',
        work: { conclusion: 'success' },
      });
      await untilNothingLeft();
    },
    LIMIT_MS,
  );

  test.each([
    {
      what: 'no host has room',
      origin: INFRA,
      failure: { reason: 'RESOURCE:MEMORY' },
      remedy: /more modes/,
    },
    {
      what: 'the agent of a host is gone',
      origin: INFRA,
      failure: { reason: 'AGENT' },
      remedy: /more modes/,
    },
    {
      what: 'the image is not there',
      origin: SHOP,
      failure: {
        when: 'start',
        reason:
          'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: not found',
      },
      remedy: /make runner-image/,
    },
  ])(
    '$what: an error that names the remedy, and nothing is left',
    async ({ origin, failure, remedy }) => {
      const { start, conclusion } = await runners.failing(failure, () =>
        runners.play(origin, { inputs: hurried, work: null }),
      );
      expect({ conclusion, log: start.log }).toMatchObject({
        conclusion: 'failure',
        log: expect.stringMatching(remedy),
      });
      await untilNothingLeft();
    },
    LIMIT_MS,
  );

  test(
    'a runner that GitHub refuses as too old dies before it is online: said, and nothing is left',
    async () => {
      await runners.github.setUp({ minimumVersion: '99.0.0' });
      try {
        const inputs = { 'timeout-minutes': '5' };
        const { start, conclusion } = await runners.play(SHOP, { inputs, work: null });
        expect({ conclusion, log: start.log }).toMatchObject({
          conclusion: 'failure',
          log: expect.stringMatching(/runner-image|too old|version/i),
        });
      } finally {
        await runners.github.setUp({ minimumVersion: null });
      }
      await untilNothingLeft();
    },
    LIMIT_MS,
  );

  test(
    'a workflow that is cancelled while it waits leaves nothing',
    async () => {
      const controller = new AbortController();
      const { conclusion } = await runners.play(INFRA, {
        signal: controller.signal,
        onLog: (line) => {
          // The task is there, and waits for a host to boot.
          if (/arn:aws:ecs|task\//.test(line)) controller.abort();
        },
        work: null,
      });
      expect(conclusion).toBe('cancelled');
      await untilNothingLeft();
    },
    LIMIT_MS,
  );

  test(
    'spot takes an idle runner back: its registration goes at the event, before anything is swept',
    async () => {
      const { start } = await runners.play(SHOP, { work: null });
      expect(start.conclusion).toBe('success');
      await runners.interrupt(start.outputs.label ?? '');
      await untilNothingLeft();
    },
    LIMIT_MS,
  );

  test(
    'a runner that no job takes is swept',
    async () => {
      const { start } = await runners.play(SHOP, { work: null });
      expect(start.conclusion).toBe('success');
      expect(await runners.readLeft()).toHaveLength(2);
      // claimMinutes, and until the housekeeper comes round.
      await world.advance(8 * 60);
      await untilNothingLeft();
    },
    LIMIT_MS,
  );

  test(
    'no secret is where it can be seen',
    async () => {
      const seen: string[] = [];
      const look = () => seen.push(...readProcesses().arguments);
      const timer = setInterval(look, 500);
      const { start, work } = await runners
        .play(SHOP, {
          work: { command: 'env; for file in /proc/[0-9]*/cmdline; do tr "\\0" " " <"$file"; echo; done' },
        })
        .finally(() => clearInterval(timer));
      expect(work).toMatchObject({ conclusion: 'success' });
      const settings = makeClients(world.cloud.awsEndpointUrl, world.config.aws.region).settings;
      const family = runnerFamily('github', 'shop', 'small', 'fargate');
      const { taskDefinition } = await new ECSClient(settings).send(
        new DescribeTaskDefinitionCommand({ taskDefinition: family }),
      );
      const shown = {
        'the task definition': JSON.stringify(taskDefinition),
        'what DescribeTasks shows': JSON.stringify(await runners.readTasks()),
        'the log of the runner': await world.readLog(runnerLogGroup('github')),
        'the log of the workflow': start.log,
        'what the job sees of environment and arguments': readFileSync(
          join(runFiles(world.runDir).jobLogs, `github-${work?.id}.log`),
          'utf8',
        ),
      };
      for (const [where, text] of Object.entries(shown)) {
        expect(text).not.toBe('');
        expect({ where, found: LONG.exec(text)?.[0] }).toEqual({ where, found: undefined });
        for (const canary of runners.canaries)
          expect({ where, has: text.includes(canary) }).toEqual({ where, has: false });
      }
      // Of all that ran meanwhile: the action, the task, the runner, the job.
      const tasks = seen.filter((line) => /entrypoint|Runner\.|run\.sh|start-runner/.test(line));
      expect(tasks.length).toBeGreaterThan(0);
      expect(tasks.filter((line) => LONG.test(line))).toEqual([]);
      expect(findInFiles([world.runDir, ...world.rootfs], runners.canaries)).toEqual([]);
    },
    LIMIT_MS,
  );

  test('each role asked for what its policies allow', async () => {
    const uses = await readRoleUse(world);
    for (const [role, { allowed, called }] of uses) {
      const beyond = called.filter((action) => !allowed.includes(action));
      expect({ role, beyond }).toEqual({ role, beyond: [] });
    }
    const asked = [...uses].filter(([, { called }]) => called.length > 0).map(([role]) => role);
    for (const part of ['github-shop', '_task', '_execution', 'hosts-instance', 'housekeeper'])
      expect({ part, found: asked.some((role) => role.endsWith(part)) }).toEqual({ part, found: true });
  });
});
