import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createHousekeeper, type Ports } from '../../../lambda/housekeeper/housekeeper';
import { fleetSettingsOf, imageSettingsOf, settingsOf } from './perfect';

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
    now: () => 0,
    fetch: async () => new Response('[]'),
    ec2: (region) => new EC2Client({ region }),
    ssm: new SSMClient({ region: 'eu-central-1' }),
    autoScaling: new AutoScalingClient({ region: 'eu-central-1' }),
    sns: new SNSClient({ region: 'eu-central-1' }),
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
