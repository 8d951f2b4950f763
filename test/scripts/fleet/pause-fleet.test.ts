import {
  AutoScalingClient,
  type AutoScalingGroup,
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { chooseFleet } from '../../../scripts/fleet/choose-fleet';
import { pauseFleet, resumeFleet } from '../../../scripts/fleet/pause-fleet';
import { makeConfig } from '../config';
import { groupOf } from './group-of';

const NOW = '2026-11-21T05:00:00.000Z';
const aws = mockClient(AutoScalingClient);
let lines: string[];
beforeEach(() => {
  lines = [];
  aws.reset();
  aws.onAnyCommand().resolves({});
  see(groupOf());
});

const see = (...groups: AutoScalingGroup[]) =>
  aws.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups: groups });
const paused = groupOf('InService', { Tags: [{ Key: 'muster:paused', Value: '2026-11-20T05:00:00.000Z' }] });
const ports = () => ({
  autoScaling: new AutoScalingClient({ region: 'eu-central-1' }),
  now: () => Date.parse(NOW),
  print: (line: string) => lines.push(line),
});
const pause = () => pauseFleet(ports(), makeConfig(), 'linux');
const resume = () => resumeFleet(ports(), makeConfig(), 'linux');

test('a pause tells the scaler first, and then closes the fleet at once', async () => {
  await pause();
  expect(aws.calls().map(({ args }) => args[0].constructor.name)).toEqual([
    'DescribeAutoScalingGroupsCommand',
    'CreateOrUpdateTagsCommand',
    'SetDesiredCapacityCommand',
  ]);
  expect(aws.commandCalls(CreateOrUpdateTagsCommand)[0]?.args[0].input.Tags).toEqual([
    {
      ResourceType: 'auto-scaling-group',
      ResourceId: 'muster-dev-linux',
      Key: 'muster:paused',
      Value: NOW,
      PropagateAtLaunch: false,
    },
  ]);
  expect(aws.commandCalls(SetDesiredCapacityCommand)[0]?.args[0].input).toMatchObject({
    DesiredCapacity: 0,
  });
  expect(lines.join('\n')).toContain('make resume ENV=dev FLEET=linux');
});

test('a second pause keeps since when, and closes what somebody raised', async () => {
  see(paused);
  await pause();
  expect(aws.commandCalls(CreateOrUpdateTagsCommand)).toEqual([]);
  expect(aws.commandCalls(SetDesiredCapacityCommand)).toHaveLength(1);
  expect(lines.join('\n')).toContain('2026-11-20T05:00');
});

test('an empty fleet is only marked', async () => {
  see(groupOf(undefined, { DesiredCapacity: 0, Instances: [] }));
  await pause();
  expect(aws.commandCalls(SetDesiredCapacityCommand)).toEqual([]);
});

test('a resume takes the mark away, and nothing else', async () => {
  see(paused);
  await resume();
  expect(aws.commandCalls(DeleteTagsCommand)[0]?.args[0].input.Tags).toEqual([
    { ResourceType: 'auto-scaling-group', ResourceId: 'muster-dev-linux', Key: 'muster:paused' },
  ]);
  expect(aws.calls()).toHaveLength(2);
});

test('a resume of a fleet that is not paused changes nothing', async () => {
  await resume();
  expect(aws.calls()).toHaveLength(1);
});

test('a fleet that is not deployed says so', async () => {
  see();
  await expect(pause()).rejects.toThrow(/muster-dev-linux.*make deploy ENV=dev/);
});

describe('the fleet that is meant', () => {
  const two = makeConfig((raw) =>
    raw.fleets.push({ ...raw.fleets[0], name: 'other', resourceClass: 'acme/other' }),
  );

  test('is the one that is named', () => expect(chooseFleet(two, 'other').name).toBe('other'));
  test('is the only one', () => expect(chooseFleet(makeConfig(), undefined).name).toBe('linux'));
  test.each(['linus', undefined])('is asked for when it is not clear (%s)', (named) => {
    expect(() => chooseFleet(two, named)).toThrow(/linux.*other/);
  });
});
