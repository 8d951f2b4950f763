/** The bundle of the action against the local AWS and the stand-in GitHub: what they refuse, GitHub and AWS do. */
import {
  DeleteSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { serialize } from '../../actions/start-runner/settings';
import { EcsBench, idOf, type Task } from '../local/ecs-bench';
import { BenchRunner, decodeJitConfig, GithubBench, REPOSITORY, TOKEN } from '../local/github-bench';
import { type LocalAws, startLocalAws } from '../local/start-local-aws';
import { until } from '../local/until';
import { type Bundle, type Ended, makeBundle } from './step';
import { settingsOf } from './world';

const FAMILY = 'muster-dev-rule-small-fargate';
let aws: LocalAws;
let hub: GithubBench;
let ecs: EcsBench;
let secrets: SecretsManagerClient;
let bundle: Bundle;
let environment: Record<string, string>;
/** Ends the containers' polls. */
let over: AbortController;

beforeAll(async () => {
  bundle = makeBundle();
  [aws, hub] = await Promise.all([startLocalAws(), GithubBench.start()]);
  ecs = await EcsBench.make(aws);
  secrets = new SecretsManagerClient(aws.client);
  await ecs.define('fargate');
  const settings = settingsOf({
    repository: REPOSITORY,
    modes: ['fargate-spot', 'fargate'],
    sizes: [{ name: 'small', fargate: FAMILY }],
    network: { subnets: [ecs.subnet], securityGroups: [], assignPublicIp: 'DISABLED' },
  });
  await new SSMClient(aws.client).send(
    new PutParameterCommand({ Name: '/muster/dev/github/app', Value: serialize(settings), Type: 'String' }),
  );
  environment = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    GITHUB_API_URL: hub.url,
    GITHUB_REPOSITORY: REPOSITORY,
  };
});
afterAll(async () => {
  bundle.remove();
  await Promise.all([aws?.stop(), hub?.stop()]);
});
beforeEach(() => {
  over = new AbortController();
});
afterEach(async () => {
  over.abort();
  bundle.endAll();
  await aws.local('DELETE', 'ecs/failures');
  await hub.github.playFaults();
});

const step = (
  name: 'main' | 'post',
  state: Record<string, string> = {},
  inputs: Record<string, string> = {},
) => bundle.run(name, { environment }, { state, inputs: { token: TOKEN, ...inputs } });
const post = (state: Record<string, string>, status: string) =>
  step('post', state, { 'job-status': status }).ended;

interface Overridden extends Task {
  overrides: { containerOverrides: { environment: { value: string }[] }[] };
}
const live = async () => Promise.all((await ecs.list()).map((taskArn) => ecs.read({ taskArn } as Task)));

/** The container of the first task that runs: it takes its secret, and its runner goes online. */
async function runContainer(): Promise<{ task: Task; runner: BenchRunner }> {
  const running = await until('a task that runs', live, (tasks) =>
    tasks.some(({ lastStatus }) => lastStatus === 'RUNNING'),
  );
  const task = running.find(({ lastStatus }) => lastStatus === 'RUNNING') as Overridden;
  const SecretId = task.overrides.containerOverrides[0]?.environment[0]?.value;
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  const config = decodeJitConfig(SecretString);
  const runner = new BenchRunner(Number(config['.runner'].agentId), config);
  await runner.connect();
  return { task, runner };
}
/** Waits for a job as a runner does. */
const listen = (runner: BenchRunner) => {
  const heard = runner.poll('Online', over.signal).catch(() => undefined);
  return heard.then((message) => message?.body);
};

async function left(): Promise<unknown[]> {
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  const tasks = (await live()).filter(({ desiredStatus }) => desiredStatus !== 'STOPPED');
  return [...(await hub.github.readRunners()), ...SecretList, ...tasks];
}

test('a runner comes online, takes its job, and nothing is left', async () => {
  const main = step('main');
  const { task, runner } = await runContainer();
  const message = listen(runner);
  const { status, outputs, state, output } = await main.ended;
  if (status !== 0) throw new Error(output);
  expect(outputs).toMatchObject({ 'task-arn': task.taskArn, mode: 'fargate-spot' });
  expect((await post(state, 'success')).status).toBe(0);

  const [id = ''] = await hub.github.queue({
    repository: REPOSITORY,
    labels: ['self-hosted', outputs.label ?? ''],
  });
  const job = await message;
  if (!job) throw new Error('The runner heard of no job.');
  // Somebody cancels the first job now: its runner has a job, and stays.
  expect((await post(state, 'cancelled')).output).toMatch(/has a job and stays/);
  await runner.finish(job, 'success');
  await aws.local('POST', `ecs/tasks/${idOf(task)}/exit`, { code: 0 });
  expect(await hub.github.readJob(id)).toMatchObject({ conclusion: 'success' });
  expect(await left()).toEqual([]);
});

test('where spot has no capacity the task runs on demand', async () => {
  await aws.local('POST', 'ecs/failures', {
    provider: 'FARGATE_SPOT',
    reason: 'Capacity is unavailable at this time.',
  });
  const main = step('main');
  const { runner } = await runContainer();
  void listen(runner);
  const { outputs, state, output } = await main.ended;
  expect(outputs).toMatchObject({ mode: 'fargate' });
  expect(output).toContain('No capacity: fargate-spot: Capacity is unavailable at this time');
  await post(state, 'failure');
  expect(await left()).toEqual([]);
});

test('a task that was interrupted before its runner was online is followed by another one', async () => {
  const main = step('main');
  const first = await until('a task', live, (tasks) =>
    tasks.some(({ lastStatus }) => lastStatus === 'RUNNING'),
  );
  for (const task of first) await aws.local('POST', `ecs/tasks/${idOf(task)}/interrupt`);
  await until(
    'that it is gone',
    live,
    (tasks) => !tasks.some(({ taskArn }) => taskArn === first[0]?.taskArn),
  );
  const { task, runner } = await runContainer();
  void listen(runner);
  const { outputs, state } = await main.ended;
  expect(outputs).toMatchObject({ 'task-arn': task.taskArn, mode: 'fargate' });
  await post(state, 'failure');
  expect(await left()).toEqual([]);
});

const leavesNothing = async ({ status, state }: Ended) => {
  expect(status).toBe(1);
  expect((await post(state, 'failure')).status).toBe(0);
  expect(await left()).toEqual([]);
};

test('an image that is not there says what makes one', async () => {
  const reason = 'CannotPullContainerError: pull image manifest has been retried 1 time(s): not found';
  await aws.local('POST', 'ecs/failures', { when: 'start', reason, count: 1 });
  const ended = await step('main').ended;
  expect(ended.output).toMatch(/CannotPullContainerError.*make runner-image ENV=dev/);
  await leavesNothing(ended);
});

test('a container that ends says with what, and where its log is', async () => {
  const main = step('main');
  const { task } = await runContainer();
  await aws.local('POST', `ecs/tasks/${idOf(task)}/exit`, { code: 1 });
  const ended = await main.ended;
  expect(ended.output).toMatch(new RegExp(`exit code 1.*stream app/runner/${idOf(task)}`));
  await leavesNothing(ended);
});

test('a runner whose registration got lost on its way is not there twice', async () => {
  const path = `/repos/${REPOSITORY}/actions/runners/generate-jitconfig`;
  await hub.github.playFaults({ path, status: 502, isDone: true });
  const main = step('main');
  const { runner } = await runContainer();
  void listen(runner);
  const { status, state } = await main.ended;
  expect(status).toBe(0);
  expect(await hub.github.readRunners()).toHaveLength(1);
  await post(state, 'failure');
  expect(await left()).toEqual([]);
});

test.each([401, 403, 409, 422])('GitHub that answers %d is named, and nothing is made', async (status) => {
  const path = `/repos/${REPOSITORY}/actions/runners/generate-jitconfig`;
  await hub.github.playFaults({ path, status });
  const ended = await step('main').ended;
  expect(ended.output).toContain(`generate-jitconfig was answered with ${status}`);
  await leavesNothing(ended);
});

test('cancelled while the task is on its way it leaves nothing', async () => {
  const main = step('main');
  await until('a task', live, (tasks) => tasks.length > 0);
  main.child.kill('SIGINT');
  await leavesNothing(await main.ended);
});
