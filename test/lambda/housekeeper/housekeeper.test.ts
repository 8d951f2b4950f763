import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createHousekeeper, type Ports } from '../../../lambda/housekeeper/housekeeper';
import { fleetSettingsOf, githubEcsOf, imageSettingsOf, settingsOf } from './perfect';
import { CLUSTER_ARN, MINUTE, NOW, nameOf, World } from './runner-world';

const ec2 = mockClient(EC2Client);
const ssm = mockClient(SSMClient);
const autoScaling = mockClient(AutoScalingClient);
beforeEach(() => {
  ec2.reset();
  ssm.reset();
  autoScaling.reset();
  autoScaling.on(DescribeAutoScalingGroupsCommand).callsFake(({ AutoScalingGroupNames }) => ({
    AutoScalingGroups: AutoScalingGroupNames.map(
      (AutoScalingGroupName: string) =>
        ({
          AutoScalingGroupName,
          Instances: [{ InstanceId: 'i-1', LifecycleState: 'InService' }],
        }) as AutoScalingGroup,
    ),
  }));
  ec2.onAnyCommand().resolves({});
  ssm.onAnyCommand().resolves({});
});

/** Everything answers, and there is nothing to do. */
function makePorts(changes: Partial<Ports> = {}) {
  const lines: Record<string, unknown>[] = [];
  const metrics: [string, number][] = [];
  const keep = (_message: string, fields: Record<string, unknown>) => lines.push(fields);
  const ports: Ports = {
    fetch: async () => new Response('[]'),
    ec2: (region) => new EC2Client({ region }),
    ssm: new SSMClient({ region: 'eu-central-1' }),
    autoScaling: new AutoScalingClient({ region: 'eu-central-1' }),
    sns: new SNSClient({ region: 'eu-central-1' }),
    ...new World().ports,
    readToken: async () => 'token',
    log: { info: keep, warn: keep },
    publishMetric: (name, value) => metrics.push([name, value]),
    ...changes,
  };
  return { ports, lines, metrics };
}
const settings = settingsOf({
  fleets: [
    fleetSettingsOf(),
    fleetSettingsOf({ name: 'other', runnerId: 8 }),
    { ci: 'unlisted', name: 'batch', group: 'muster-dev-batch' },
  ],
  images: [imageSettingsOf(), imageSettingsOf({ name: 'second' })],
  githubEcs: githubEcsOf(),
});

test.each([
  ['managers', 'fleet', ['linux', 'other'], 'ManagersRemoved'],
  ['images', 'image', ['runner', 'second'], 'ImagesRemoved'],
  ['stuck', 'fleet', ['linux', 'other'], 'StuckEnded'],
])('%s: a line for each, and how many were removed or ended', async (task, field, names, metric) => {
  const { ports, lines, metrics } = makePorts();
  await createHousekeeper(settings, ports)({ task });
  expect(lines.map((line) => line[field]).sort()).toEqual(names);
  expect(metrics).toEqual([[metric, 0]]);
});

describe('runners', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.secretsMock.on(ListSecretsCommand).resolves({ SecretList: [] });
    world.runners = ['api', 'web'].map((rule, id) => ({
      id,
      repository: `acme/${rule}`,
      name: nameOf(rule, NOW - 60 * MINUTE),
      status: 'offline',
      busy: false,
      labels: [],
      hasJob: false,
    }));
  });

  test('a line for each repository, and how many runners were removed and tasks stopped', async () => {
    const { ports, lines, metrics } = makePorts(world.ports);
    await createHousekeeper(settings, ports)({ task: 'runners' });
    expect(lines).toMatchObject(
      ['api', 'web'].map((name) => ({ repository: `acme/${name}`, task: 'runners', verdicts: { lost: 1 } })),
    );
    expect(metrics).toEqual([
      ['RunnersRemoved', 2],
      ['TasksStopped', 0],
    ]);
  });

  test('a repository that cannot be read delays no other, and fails the invocation at the end', async () => {
    world.broken.add('acme/api');
    const { ports, metrics } = makePorts(world.ports);
    await expect(createHousekeeper(settings, ports)({ task: 'runners' })).rejects.toThrow(/acme\/api: .*503/);
    expect(metrics).toContainEqual(['RunnersRemoved', 1]);
  });

  test('secrets that cannot be listed fail the invocation, when the runners are done', async () => {
    world.secretsMock.on(ListSecretsCommand).rejects(new Error('not you'));
    const { ports, metrics } = makePorts(world.ports);
    await expect(createHousekeeper(settings, ports)({ task: 'runners' })).rejects.toThrow(
      /secrets: .*not you/,
    );
    expect(metrics).toContainEqual(['RunnersRemoved', 2]);
  });

  test.each([
    ['removed', nameOf('api', NOW - 60 * MINUTE), [['RunnersRemoved', 1]]],
    ['gone', nameOf('api', NOW), []],
  ])(
    'the event of a task that stopped: a line and a metric when a runner was %s',
    async (outcome, startedBy, told) => {
      const { ports, lines, metrics } = makePorts(world.ports);
      await createHousekeeper(
        settings,
        ports,
      )({
        source: 'aws.ecs',
        'detail-type': 'ECS Task State Change',
        detail: {
          clusterArn: CLUSTER_ARN,
          taskArn: 'task-1',
          lastStatus: 'STOPPED',
          startedBy,
          startedAt: '2026-11-21T04:00:00Z',
        },
      });
      expect(lines).toEqual([{ task: 'runners', runner: startedBy, outcome }]);
      expect(metrics).toEqual(told);
    },
  );

  test.each([{ task: 'runners' }, { source: 'aws.ecs', 'detail-type': 'ECS Task State Change' }])(
    'without githubEcs there is nothing to do (%#)',
    async (event) => {
      const { ports, lines, metrics } = makePorts(world.ports);
      const { githubEcs: _, ...others } = settings;
      await createHousekeeper(others, ports)(event);
      expect([...lines, ...metrics]).toEqual([]);
    },
  );
});

test('reminders: a line that says what is held and paused', async () => {
  const { ports, lines } = makePorts();
  await createHousekeeper(settings, ports)({ task: 'reminders' });
  expect(lines).toEqual([{ task: 'reminders', reminders: [] }]);
});

test.each(['managers', 'stuck'])(
  '%s: a fleet that fails delays no other, and fails the invocation at the end',
  async (task) => {
    const { ports, lines } = makePorts({
      fetch: async (address) =>
        String(address).includes('/runners/7/') ? new Response('{}', { status: 500 }) : new Response('[]'),
    });
    await expect(createHousekeeper(settings, ports)({ task })).rejects.toThrow(/linux: .*500/);
    expect(lines).toHaveLength(2);
  },
);

test('what could not be read fails the invocation', async () => {
  ec2.on(DescribeImagesCommand).rejects(new Error('not you'));
  await expect(createHousekeeper(settings, makePorts().ports)({ task: 'images' })).rejects.toThrow(
    /runner: .*not you/,
  );
});

test.each([{}, null, { task: 'snapshots' }])('an event %j is refused', async (event) => {
  await expect(createHousekeeper(settings, makePorts().ports)(event)).rejects.toThrow(/managers, images/);
});
