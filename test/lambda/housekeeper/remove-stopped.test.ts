import { ListTasksCommand } from '@aws-sdk/client-ecs';
import { isTaskEvent, removeStopped } from '../../../lambda/housekeeper/runners/remove-stopped';
import { githubEcsOf } from './perfect';
import { CLUSTER_ARN, MINUTE, NOW, nameOf, World, type WorldRunner } from './runner-world';

const NAME = nameOf('api', NOW - 3 * MINUTE);
const TASK = 'arn:aws:ecs:eu-central-1:123456789012:task/muster-dev/0123456789abcdef0123456789abcdef';
const runner: WorldRunner = {
  id: 7,
  repository: 'acme/api',
  name: NAME,
  status: 'online',
  busy: false,
  labels: [],
  hasJob: false,
};
let world: World;
beforeEach(() => {
  world = new World();
  world.runners = [runner];
});

/** As EventBridge sends it, shortened; perfect to act on. */
const eventOf = (changes: Record<string, unknown> = {}) => ({
  version: '0',
  id: '3317b2af-7005-947d-b652-f55e762e571a',
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  account: '123456789012',
  time: '2026-11-21T05:00:00Z',
  region: 'eu-central-1',
  resources: [TASK],
  detail: {
    clusterArn: CLUSTER_ARN,
    taskArn: TASK,
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    startedBy: NAME,
    createdAt: '2026-11-21T04:57:00Z',
    startedAt: '2026-11-21T04:58:00Z',
    stoppedAt: '2026-11-21T05:00:00Z',
    stopCode: 'SpotInterruption',
    stoppedReason: 'Your Spot Task was interrupted.',
    containers: [{ name: 'runner', exitCode: 137 }],
    ...changes,
  },
});
const heed = (event: unknown) =>
  removeStopped(world.ports, { environment: 'dev', githubEcs: githubEcsOf() }, event);

test('what is left of a runner whose task has stopped goes at once, however young, and that of no other', async () => {
  const other = nameOf('api', NOW - 3 * MINUTE, 1);
  world.runners.push({ ...runner, id: 8, name: other });
  expect(await heed(eventOf())).toEqual({ runner: NAME, outcome: 'removed' });
  expect(world.runners.map(({ id }) => id)).toEqual([8]);
});

test('an event that comes twice does nothing the second time', async () => {
  await heed(eventOf());
  expect(await heed(eventOf())).toEqual({ runner: NAME, outcome: 'gone' });
});

test('of a runner that had its job nothing is left, and ECS is not asked', async () => {
  world.runners = [];
  expect(await heed(eventOf({ stopCode: 'EssentialContainerExited' }))).toMatchObject({ outcome: 'gone' });
  expect(world.ecsMock.calls()).toEqual([]);
});

test('one that GitHub still counts as busy stays for the next sweep', async () => {
  world.runners = [{ ...runner, hasJob: true }];
  expect(await heed(eventOf())).toMatchObject({ outcome: 'busy' });
  expect(world.done).toEqual([]);
});

test('one whose container never started stays: the action may try the same runner elsewhere', async () => {
  const { startedAt: _, ...detail } = eventOf().detail;
  expect(await heed({ ...eventOf(), detail })).toMatchObject({ runner: NAME, outcome: 'never-started' });
  expect(world.done).toEqual([]);
});

test('one for which another task runs stays, as when the event is late', async () => {
  world.tasks = [{ arn: 'task-2', startedBy: NAME, createdAt: NOW }];
  expect(await heed(eventOf())).toMatchObject({ outcome: 'another-task' });
  expect(world.ecsMock.commandCalls(ListTasksCommand)[0]?.args[0].input).toEqual({
    cluster: 'muster-dev',
    startedBy: NAME,
  });
});

test('that ECS still lists the task that stopped is no other task', async () => {
  world.tasks = [{ arn: TASK, startedBy: NAME, createdAt: NOW }];
  expect(await heed(eventOf())).toMatchObject({ outcome: 'removed' });
});

test.each([
  ['that runs', { lastStatus: 'RUNNING' }],
  ['of another cluster', { clusterArn: CLUSTER_ARN.replace('muster-dev', 'muster-dev2') }],
  ['of another environment', { startedBy: nameOf('api', NOW, 0, 'prd') }],
  ['of a rule that we do not have', { startedBy: nameOf('docs', NOW) }],
  ['of a service', { startedBy: 'ecs-svc/9223370556150183303' }],
  ['that somebody started by hand', { startedBy: undefined }],
])('a task %s is none of ours, and GitHub is not asked', async (_, changes) => {
  world.broken.add('findRunner');
  expect(await heed(eventOf(changes))).toMatchObject({ outcome: 'foreign' });
});

test.each([[{}], [{ ...eventOf(), detail: 'STOPPED' }], [eventOf({ clusterArn: 7 })]])(
  'an event of another form is told (%#)',
  async (event) => {
    await expect(heed(event)).rejects.toThrow(/ECS's event of a task/);
  },
);

test.each(['findRunner', 'removeRunner'])('a GitHub that does not answer to %s is told', async (method) => {
  world.broken.add(method);
  await expect(heed(eventOf())).rejects.toThrow(/503/);
});

test('an ECS that does not answer is told, and nothing is removed', async () => {
  world.ecsMock.on(ListTasksCommand).rejects(new Error('Rate exceeded'));
  await expect(heed(eventOf())).rejects.toThrow(/Rate exceeded/);
  expect(world.done).toEqual([]);
});

test.each<[unknown, boolean]>([
  [eventOf(), true],
  [{ task: 'runners' }, false],
  [{ ...eventOf(), 'detail-type': 'ECS Container Instance State Change' }, false],
  [null, false],
])('events of tasks are told from the others (%#)', (event, expected) => {
  expect(isTaskEvent(event)).toBe(expected);
});
