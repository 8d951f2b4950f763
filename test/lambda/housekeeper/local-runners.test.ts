/** Against the local AWS and the stand-in GitHub: runners that nobody takes, one with a job, and one whose task dies. */
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateSecretCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { realClock } from '../../../clock/clock';
import { createGithub } from '../../../github/client';
import { createHousekeeper, type Ports } from '../../../lambda/housekeeper/housekeeper';
import { keepGithub } from '../../../lambda/housekeeper/runners/keep-github';
import { prepareAccount } from '../../local/aws-fleet';
import { BenchRunner, decodeJitConfig, GithubBench, REPOSITORY, TOKEN } from '../../local/github-bench';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { until } from '../../local/until';
import { githubEcsOf, ruleOf, settingsOf } from './perfect';
import { MINUTE, nameOf, World } from './runner-world';

const CREDENTIALS = 'muster/dev/ci/hub/api-token';
let aws: LocalAws;
let hub: GithubBench;
let ecs: ECSClient;
let secrets: SecretsManagerClient;
let subnets: string;
let count = 0;
beforeAll(async () => {
  [aws, hub] = await Promise.all([startLocalAws(), GithubBench.start()]);
  ecs = new ECSClient(aws.client);
  secrets = new SecretsManagerClient(aws.client);
  ({ subnets } = await prepareAccount(aws));
  await secrets.send(new CreateSecretCommand({ Name: CREDENTIALS }));
  await secrets.send(new PutSecretValueCommand({ SecretId: CREDENTIALS, SecretString: TOKEN }));
  await ecs.send(new CreateClusterCommand({ clusterName: 'muster-dev', capacityProviders: ['FARGATE'] }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'muster-dev-app-small-fargate',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'runner', image: 'registry.example/runner:1' }],
    }),
  );
});
afterAll(async () => {
  await Promise.all([aws?.stop(), hub?.stop()]);
});

/** As the action does it: registered, and its task started. */
async function start(): Promise<{ name: string; taskArn: string; runner: BenchRunner }> {
  const name = nameOf('app', Date.now(), count++);
  const github = createGithub({
    baseUrl: hub.url,
    credentials: { kind: 'token', token: TOKEN },
    clock: realClock,
    fetch,
  });
  const minted = await github.mintRunner(REPOSITORY, { name, labels: ['self-hosted', 'linux', 'x64', name] });
  const secret = `muster/dev/github/app/jit/${String(count).padStart(32, '0')}`;
  await secrets.send(new CreateSecretCommand({ Name: secret, SecretString: minted.encodedJitConfig }));
  const { tasks } = await ecs.send(
    new RunTaskCommand({
      cluster: 'muster-dev',
      taskDefinition: 'muster-dev-app-small-fargate',
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      networkConfiguration: { awsvpcConfiguration: { subnets: subnets.split(',') } },
      startedBy: name,
      overrides: {
        containerOverrides: [{ name: 'runner', environment: [{ name: 'MUSTER_JIT_SECRET', value: secret }] }],
      },
    }),
  );
  const taskArn = tasks?.[0]?.taskArn ?? '';
  await until(
    'running',
    () => readTask(taskArn),
    (task) => task?.lastStatus === 'RUNNING',
  );
  return { name, taskArn, runner: new BenchRunner(minted.id, decodeJitConfig(minted.encodedJitConfig)) };
}
const readTask = async (task: string) =>
  (await ecs.send(new DescribeTasksCommand({ cluster: 'muster-dev', tasks: [task] }))).tasks?.[0];
const listJitSecrets = async () => {
  const { SecretList = [] } = await secrets.send(
    new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['muster/dev/github/'] }] }),
  );
  return SecretList.map(({ Name }) => Name);
};
const registered = async () => (await hub.github.readRunners()).map(({ name }) => name);

async function run(event: unknown, minutes = 0): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const keep = (_message: string, fields: Record<string, unknown>) => lines.push(fields);
  const ports = {
    ...new World().ports,
    now: () => Date.now() + minutes * MINUTE,
    ecs,
    secrets,
    readGithub: keepGithub({ secrets, fetch, clock: realClock }),
    log: { info: keep, warn: keep },
    publishMetric: () => {},
  } as Partial<Ports> as Ports;
  const githubEcs = githubEcsOf({ baseUrl: hub.url, rules: [ruleOf('app', REPOSITORY)] });
  await createHousekeeper(settingsOf({ githubEcs }), ports)(event);
  return lines;
}
const sweep = (minutes: number) => run({ task: 'runners' }, minutes);

test('a runner that no job takes goes after its time, with its task and secret', async () => {
  const { name, taskArn } = await start();
  expect(await sweep(9)).toMatchObject([{ verdicts: { waiting: 1 }, removed: [], stopped: [] }]);
  expect(await registered()).toEqual([name]);

  expect(await sweep(12)).toMatchObject([{ removed: [name], stopped: [taskArn], failures: [] }]);
  expect(await registered()).toEqual([]);
  expect(await listJitSecrets()).toEqual([]);
  const task = await until(
    'stopped',
    () => readTask(taskArn),
    (seen) => seen?.lastStatus === 'STOPPED',
  );
  expect(task).toMatchObject({
    stopCode: 'UserInitiated',
    stoppedReason: expect.stringContaining('no job took it'),
  });
  expect(await sweep(12)).toMatchObject([{ removed: [], stopped: [], failures: [] }]);
});

test('one with a job of which GitHub does not tell yet stays with all of it; over its limit its task is stopped', async () => {
  const { name, taskArn, runner } = await start();
  await hub.github.setUp({ busyLagSeconds: 3600 });
  await runner.connect();
  await hub.github.queue({ repository: REPOSITORY, labels: ['self-hosted', name] });
  await runner.takeJob();
  expect(await hub.github.readRunners()).toMatchObject([{ name, busy: false }]);
  expect(await sweep(30)).toMatchObject([
    { verdicts: { unclaimed: 1 }, removed: [], stopped: [], failures: [] },
  ]);
  expect(await readTask(taskArn)).toMatchObject({ desiredStatus: 'RUNNING' });

  await hub.github.setUp({ busyLagSeconds: 0 });
  // Its container, which would have deleted its secret, is a record only.
  expect(await sweep(380)).toMatchObject([
    { verdicts: { busy: 1 }, removed: [], stopped: [] },
    { secretsRemoved: [expect.stringContaining('muster/dev/github/app/jit/')] },
  ]);
  expect(await sweep(387)).toMatchObject([{ verdicts: { overdue: 1 }, removed: [], stopped: [taskArn] }]);
});

test('what is left of a runner whose task died goes with the event; again it does nothing', async () => {
  const { name, taskArn } = await start();
  await ecs.send(new StopTaskCommand({ cluster: 'muster-dev', task: taskArn }));
  const detail = await until(
    'stopped',
    () => readTask(taskArn),
    (task) => task?.lastStatus === 'STOPPED',
  );
  const event = JSON.parse(
    JSON.stringify({ source: 'aws.ecs', 'detail-type': 'ECS Task State Change', detail }),
  );
  expect(await run(event)).toMatchObject([{ runner: name, outcome: 'removed' }]);
  expect(await registered()).not.toContain(name);
  expect(await run(event)).toMatchObject([{ runner: name, outcome: 'gone' }]);
});

test('a GitHub that does not answer keeps all, and fails the run', async () => {
  const { name } = await start();
  await hub.github.playFaults({ path: `/repos/${REPOSITORY}/actions/runners`, status: 403 });
  await expect(sweep(60)).rejects.toThrow(/acme\/app: .*403/);
  expect(await registered()).toContain(name);
});
