import { DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  DeleteSecretCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DeleteParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { toTaskLimitMinutes } from '../../config/groups';
import { closeRunners, drainRunners } from '../../scripts/drain-runners';
import { makeConfig } from './config';
import { addGithub } from './runner-image/github-environment';

const ecs = mockClient(ECSClient);
const secrets = mockClient(SecretsManagerClient);
const ssm = mockClient(SSMClient);
beforeEach(() => {
  for (const mock of [ecs, secrets, ssm]) mock.reset();
  secrets.on(ListSecretsCommand).resolves({ SecretList: [] });
  secrets.on(DeleteSecretCommand).resolves({});
  ssm.on(DeleteParameterCommand).resolves({});
});

const region = { region: 'eu-central-1' };
const config = makeConfig(addGithub);
const RUNNER = 'muster-dev-app-t4k2p0-0a1b2c3d';

/** Each look at the cluster sees the next of these tasks by their last status, the last look for ever. */
function see(...looks: string[][]): void {
  const taskOf = (lastStatus: string, nth: number) => ({
    ...{ taskArn: `task/${nth}`, startedBy: RUNNER, lastStatus },
  });
  let look = -1;
  ecs.on(ListTasksCommand).callsFake(({ desiredStatus }) => {
    // Two questions are one look.
    if (desiredStatus === 'RUNNING') look += 1;
    const tasks = looks[Math.min(look, looks.length - 1)] ?? [];
    // What is told to stop is no longer wanted, and runs on for as long as it needs.
    const wanted = tasks.map((status) =>
      status === 'RUNNING' || status === 'PENDING' ? 'RUNNING' : 'STOPPED',
    );
    return { taskArns: tasks.flatMap((_, nth) => (wanted[nth] === desiredStatus ? [`task/${nth}`] : [])) };
  });
  ecs.on(DescribeTasksCommand).callsFake(({ tasks }) => {
    const all = (looks[Math.min(look, looks.length - 1)] ?? []).map(taskOf);
    return { tasks: all.filter(({ taskArn }) => tasks.includes(taskArn)) };
  });
}

async function drain(wasOpen = false) {
  let now = 0;
  const lines: string[] = [];
  const clients = { ecs: new ECSClient(region), secrets: new SecretsManagerClient(region) };
  const pace = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
    print: (line: string) => lines.push(line),
  };
  await drainRunners(clients, config, pace, wasOpen);
  return { lines, now };
}

test('no workflow starts a runner from then on: what the action reads first is gone', async () => {
  expect(await closeRunners(new SSMClient(region), config)).toBe(true);
  expect(ssm.commandCalls(DeleteParameterCommand).map(({ args }) => args[0].input)).toEqual([
    { Name: '/muster/dev/github/app' },
  ]);
});

test('closing twice, or what never was deployed, is no failure', async () => {
  ssm.on(DeleteParameterCommand).rejects(new ParameterNotFound({ message: 'no', $metadata: {} }));
  await expect(closeRunners(new SSMClient(region), config)).resolves.toBe(false);
});

test('the wait lasts until the last runner is gone, and says for whom it is', async () => {
  see(['RUNNING', 'PENDING'], ['RUNNING'], ['DEPROVISIONING'], ['STOPPED']);
  expect((await drain()).lines).toEqual([
    expect.stringContaining(`${RUNNER} PENDING, ${RUNNER} RUNNING`),
    expect.stringMatching(/: [^,]* RUNNING$/),
    expect.stringContaining('DEPROVISIONING'),
  ]);
});

test('who was open a moment ago is looked at for two minutes: a workflow may have been about to start one', async () => {
  see([], [], [], ['RUNNING'], []);
  const { now, lines } = await drain(true);
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['no', 'waiting', 'no']);
  expect(now).toBe((4 * 5 + 120) * 1000);
});

test('who was closed before is looked at once', async () => {
  see([]);
  expect(await drain()).toEqual({ lines: [], now: 0 });
});

test.each([
  ['says why', { tasks: [], failures: [{ arn: 'task/0', reason: 'INTERNAL' }] }],
  ['leaves it out', {}],
])('a task of which ECS does not tell is there (it %s)', async (_how, answer) => {
  see(['RUNNING'], []);
  ecs.on(DescribeTasksCommand).resolves(answer);
  expect((await drain()).lines).toEqual([expect.stringContaining('0 UNKNOWN')]);
});

test('a task that ECS calls missing has ended', async () => {
  see(['RUNNING']);
  ecs.on(DescribeTasksCommand).resolves({ tasks: [], failures: [{ arn: 'task/0', reason: 'MISSING' }] });
  expect((await drain()).lines).toEqual([]);
});

test('a runner has all the time that its job and the housekeeper may take, and then stops the destroy', async () => {
  see(['RUNNING']);
  const started = drain();
  await expect(started).rejects.toThrow(new RegExp(`${RUNNER} RUNNING[\\s\\S]*Nothing was destroyed`));
  const looks = ecs.commandCalls(ListTasksCommand).length / 2;
  if (!config.githubEcs) throw new Error('The config has no githubEcs.');
  expect(looks).toBeGreaterThan((toTaskLimitMinutes(config.githubEcs) * 60) / 5);
});

test('a cluster that is not there has none', async () => {
  ecs.on(ListTasksCommand).rejects(Object.assign(new Error('no'), { name: 'ClusterNotFoundException' }));
  await expect(drain()).resolves.toMatchObject({ lines: [] });
});

test('configurations of runners that never came go, and no other secret', async () => {
  see([]);
  secrets.on(ListSecretsCommand).resolves({
    // Secrets Manager filters by the beginnings of words, too.
    SecretList: [
      { Name: 'muster/dev/github/app/jit/0a1b' },
      { Name: 'other/muster/dev/github/app/jit/0a1b' },
    ],
  });
  await drain();
  expect(secrets.commandCalls(DeleteSecretCommand).map(({ args }) => args[0].input)).toEqual([
    { SecretId: 'muster/dev/github/app/jit/0a1b', ForceDeleteWithoutRecovery: true },
  ]);
});

test('an environment without runners of GitHub asks nothing', async () => {
  const without = makeConfig();
  await closeRunners(new SSMClient(region), without);
  const clients = { ecs: new ECSClient(region), secrets: new SecretsManagerClient(region) };
  await drainRunners(clients, without, { now: () => 0, sleep: async () => {}, print: () => {} }, true);
  expect([ecs.calls(), ssm.calls(), secrets.calls()]).toEqual([[], [], []]);
});
