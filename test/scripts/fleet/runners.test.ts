import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { ListTasksCommand } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { readRunners } from '../../../scripts/fleet/read-runners';
import { showRunners } from '../../../scripts/fleet/show-runners';
import { MINUTE, NOW, nameOf, World } from '../../lambda/housekeeper/runner-world';
import { makeConfig } from '../config';
import { groupOf } from './group-of';

const autoScaling = mockClient(AutoScalingClient);
let world: World;
beforeEach(() => {
  world = new World();
  autoScaling.reset();
  autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups: [groupOf()] });
  const task = (rule: string, nth: number, age?: number) => ({
    arn: `task-${rule}-${nth}`,
    startedBy: nameOf(rule, NOW - 60 * MINUTE, nth),
    createdAt: NOW - 60 * MINUTE,
    ...(age === undefined ? {} : { startedAt: NOW - age * MINUTE }),
  });
  world.tasks = [
    task('api', 1, 7),
    task('api', 2, 59),
    task('api', 3),
    { arn: 'of-a-person', startedBy: 'somebody', createdAt: NOW },
  ];
});

const rule = (name: string) => ({ name, repository: `acme/${name}`, branches: ['main'], sizes: ['small'] });
const show = async (changes: object = {}) => {
  const config = makeConfig((raw) => {
    raw.githubEcs = {
      account: 'hub',
      sizes: { small: { cpu: 1024, memoryMb: 2048 } },
      repositories: [rule('api'), rule('web')],
      ...changes,
    };
  });
  if (!config.githubEcs) throw new Error('The config has no githubEcs.');
  const clients = { ecs: world.ecs, autoScaling: new AutoScalingClient({ region: 'eu-central-1' }) };
  return showRunners(await readRunners(clients, config, config.githubEcs), NOW);
};

test('each rule is shown with the runners that run or start, and no other tasks', async () => {
  expect((await show()).map((line) => line.split(/ {2,}/))).toEqual([
    ['RUNNERS OF', 'REPOSITORY', 'RUNNING', 'STARTING', 'OLDEST'],
    ['api', 'acme/api', '2', '1', '59 min'],
    ['web', 'acme/web', '0', '0'],
  ]);
  expect(autoScaling.calls()).toEqual([]);
});

test('hosts are shown where there are any', async () => {
  const lines = await show({ hosts: { image: 'runner', instanceTypes: ['m7i.large'], max: 3 } });
  expect(lines.at(-1)).toBe('Hosts: 1 in service, 1 desired, 3 at most');
});

test('before a deploy there is nothing to count', async () => {
  const missing = Object.assign(new Error('Cluster not found.'), { name: 'ClusterNotFoundException' });
  world.ecsMock.on(ListTasksCommand).rejects(missing);
  expect((await show())[1]).toMatch(/not deployed$/);
});

test('an ECS that does not answer is told, and counts as nothing', async () => {
  world.ecsMock.on(ListTasksCommand).rejects(new Error('Rate exceeded'));
  await expect(show()).rejects.toThrow('Rate exceeded');
});
