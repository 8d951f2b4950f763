/** What an operator types, as processes against the local AWS: status, pause, resume, hold, release, destroy. */
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  type Instance,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { verifyRemovedFleets } from '../../../scripts/fleet/verify-removed-fleets';
import { prepareAccount } from '../../local/aws-fleet';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { until } from '../../local/until';
import { makeConfig } from '../config';
import { writeConfigDirectory } from '../config-directory';
import { runScript } from '../run-script';

const GROUP = 'muster-dev-linux';
let aws: LocalAws;
let autoScaling: AutoScalingClient;
let instance: string;
let MUSTER_CONFIG_DIR: string;

beforeAll(async () => {
  MUSTER_CONFIG_DIR = writeConfigDirectory();
  aws = await startLocalAws();
  autoScaling = new AutoScalingClient(aws.client);
  const { templateId, subnets } = await prepareAccount(aws);
  for (const [AutoScalingGroupName, Value] of [
    [GROUP, 'dev'],
    ['muster-dev-gone', 'dev'],
    ['muster-prd-linux', 'prd'],
  ])
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName,
        MinSize: 0,
        MaxSize: 3,
        LaunchTemplate: { LaunchTemplateId: templateId, Version: '$Latest' },
        VPCZoneIdentifier: subnets,
        Tags: [{ Key: 'muster:environment', Value, PropagateAtLaunch: true }],
      }),
    );
  instance = await launch();
});
afterAll(() => aws?.stop());

const read = async () => {
  const answer = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [GROUP] }),
  );
  const group = answer.AutoScalingGroups?.[0];
  if (!group) throw new Error(`${GROUP} is gone`);
  return group;
};
const states = async () => ((await read()).Instances ?? []).map(({ LifecycleState }) => LifecycleState);

async function launch(): Promise<string> {
  await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 1 }));
  const all = await until(
    'one in service',
    async (): Promise<Instance[]> => (await read()).Instances ?? [],
    (instances) => instances.length === 1 && instances[0]?.LifecycleState === 'InService',
  );
  return all[0]?.InstanceId ?? '';
}

const run = (script: string, variables: Record<string, string> = {}) =>
  runScript(script, { aws, variables: { MUSTER_CONFIG_DIR, ...variables } });

test('an instance is held, seen, in the way of a destroy, and let go', async () => {
  expect(await run('hold', { INSTANCE: instance })).toMatchObject({
    status: 0,
    output: expect.stringContaining(`make release ENV=dev INSTANCE=${instance}`),
  });
  expect((await read()).DesiredCapacity).toBe(0);
  expect(await states()).toEqual(['Standby']);

  const status = await run('status');
  expect(status).toMatchObject({
    status: 0,
    output: expect.stringMatching(/^linux +open +0 +3 +0 +0 +0 +1 /m),
  });
  expect(status.output).toContain(`${instance} is held since`);

  const destroy = await run('destroy', { APPROVE: 'dev' });
  expect(destroy).toMatchObject({ status: 1, output: expect.stringContaining(`INSTANCE=${instance}`) });
  expect((await read()).MaxSize).toBe(3);

  expect((await run('release', { INSTANCE: instance })).status).toBe(0);
  expect((await read()).DesiredCapacity).toBe(1);
  await until('back in service', states, (all) => all.join() === 'InService');
});

test('a fleet is paused at once, shown as paused, and resumed', async () => {
  expect(await run('pause')).toMatchObject({
    status: 0,
    output: expect.stringContaining('make resume ENV=dev'),
  });
  expect((await read()).DesiredCapacity).toBe(0);
  expect((await run('status', { FLEET: 'linux' })).output).toMatch(/^linux +paused /m);

  expect((await run('resume')).status).toBe(0);
  expect((await read()).Tags?.map(({ Key }) => Key)).not.toContain('muster:paused');
});

test.each([
  ['pause', { FLEET: 'linus' }, /did you mean linux/],
  ['hold', { INSTANCE: 'i-0123456789abcdef0' }, /make status ENV=dev/],
])('%s of what is not there says what is, without a stack trace', async (script, variables, message) => {
  const { status, output } = await run(script, variables);
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringMatching(message) });
  expect(output).not.toMatch(/\n\s+at /);
});

test('the fleets that a deploy removes are those of the environment that the config has no more', async () => {
  expect(await verifyRemovedFleets(autoScaling, makeConfig())).toBe('muster-dev-gone');
});
