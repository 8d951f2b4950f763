import {
  DeleteAutoScalingGroupCommand,
  DeleteWarmPoolCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeWarmPoolCommand,
  PutWarmPoolCommand,
  type PutWarmPoolCommandInput,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { type Account, deleteFleets, type Fleet, makeFleet } from './aws-fleet';
import { type MachinesDaemon, startAwsWithMachines } from './aws-machines-daemon';
import type { LocalAws } from './start-local-aws';
import { until } from './until';

let aws: LocalAws;
let account: Account;
let daemon: MachinesDaemon;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ aws, account, daemon, stop } = await startAwsWithMachines());
});
afterEach(() => deleteFleets(account));
afterAll(() => stop?.());

const advance = (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds });
const record = (id: string | undefined) => aws.local<Record<string, unknown>>('GET', `instances/${id}`);
const put = (fleet: Fleet, change: Partial<PutWarmPoolCommandInput> = {}) =>
  account.autoScaling.send(
    new PutWarmPoolCommand({
      AutoScalingGroupName: fleet.name,
      MinSize: 1,
      MaxGroupPreparedCapacity: 1,
      ...change,
    }),
  );
const pool = (fleet: Fleet) =>
  account.autoScaling.send(new DescribeWarmPoolCommand({ AutoScalingGroupName: fleet.name }));
const pooled = async (fleet: Fleet) => (await pool(fleet)).Instances ?? [];
const poolStates = async (fleet: Fleet) =>
  (await pooled(fleet)).map((instance) => instance.LifecycleState).sort();

/** The machine says that it is off, as soon as it was told to stop. */
async function poweredOff(id: string | undefined): Promise<void> {
  await until('told to stop', daemon.sentTo('/stop', id), (all) => all.length > 0);
  await aws.local('POST', `instances/${id}/stopped`, { reason: 'powered off' });
}

/** A group with a pool of one prepared instance. */
async function makePool(): Promise<{ fleet: Fleet; id: string | undefined }> {
  const fleet = await makeFleet(aws, account);
  await put(fleet);
  const [instance] = await pooled(fleet);
  await fleet.complete(instance, 'launching');
  await poweredOff(instance?.InstanceId);
  expect(await poolStates(fleet)).toEqual(['Warmed:Stopped']);
  return { fleet, id: instance?.InstanceId };
}

describe('on its way into the pool', () => {
  test('an instance waits in the launching hook, and is neither capacity nor in the group', async () => {
    const fleet = await makeFleet(aws, account);
    await put(fleet);
    expect(await poolStates(fleet)).toEqual(['Warmed:Pending:Wait']);
    const group = await fleet.group();
    expect(group).toMatchObject({ DesiredCapacity: 0, Instances: [], WarmPoolSize: 1 });
    const [instance] = await pooled(fleet);
    expect(await record(instance?.InstanceId)).toMatchObject({
      group: fleet.name,
      state: 'running',
      lifecycleState: 'Warmed:Pending:Wait',
      targetLifecycleState: 'Warmed:Stopped',
    });
    const found = await account.autoScaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [instance?.InstanceId ?? ''] }),
    );
    expect(found.AutoScalingInstances).toMatchObject([{ LifecycleState: 'Warmed:Pending:Wait' }]);
  });

  test('it is stopped, not terminated, when its hook is completed', async () => {
    const fleet = await makeFleet(aws, account);
    await put(fleet);
    const [instance] = await pooled(fleet);
    await fleet.complete(instance, 'launching');
    expect(await poolStates(fleet)).toEqual(['Warmed:Pending:Proceed']);
    expect(await record(instance?.InstanceId)).toMatchObject({ state: 'stopping' });
    await poweredOff(instance?.InstanceId);
    expect(await poolStates(fleet)).toEqual(['Warmed:Stopped']);
    expect(await record(instance?.InstanceId)).toMatchObject({ state: 'stopped' });
  });

  test('without hooks it is booted before it is stopped', async () => {
    const fleet = await makeFleet(aws, account, { LifecycleHookSpecificationList: [] });
    await put(fleet);
    const [instance] = await pooled(fleet);
    await poweredOff(instance?.InstanceId);
    expect(await poolStates(fleet)).toEqual(['Warmed:Stopped']);
    expect(daemon.pathsOf(instance?.InstanceId)).toEqual(['/launch', '/stop']);
  });

  test('one that is abandoned is terminated and replaced', async () => {
    const fleet = await makeFleet(aws, account);
    await put(fleet);
    const [first] = await pooled(fleet);
    await fleet.complete(first, 'launching', 'ABANDON');
    await until('told', daemon.sentTo('/terminate', first?.InstanceId), (all) => all.length === 1);
    await aws.local('POST', `instances/${first?.InstanceId}/stopped`, { reason: 'terminated' });
    await advance(2);
    const [second] = await pooled(fleet);
    expect(second?.InstanceId).not.toBe(first?.InstanceId);
    expect(await poolStates(fleet)).toEqual(['Warmed:Pending:Wait']);
  });

  test('one whose machine dies is replaced', async () => {
    const fleet = await makeFleet(aws, account);
    await put(fleet);
    const [first] = await pooled(fleet);
    await aws.local('POST', `instances/${first?.InstanceId}/stopped`, { reason: 'crashed' });
    await advance(5);
    const [second] = await pooled(fleet);
    expect(second?.InstanceId).not.toBe(first?.InstanceId);
  });
});

describe('growth', () => {
  test('takes from the pool, through the launching hook again, and refills it', async () => {
    const { fleet, id } = await makePool();
    await put(fleet, { MaxGroupPreparedCapacity: -1 });
    await fleet.desire(1);
    expect(await fleet.instances()).toMatchObject([{ InstanceId: id, LifecycleState: 'Pending:Wait' }]);
    await until('started', daemon.sentTo('/start', id), (all) => all.length === 1);
    expect(await record(id)).toMatchObject({ state: 'running', targetLifecycleState: 'InService' });
    await fleet.complete({ InstanceId: id }, 'launching');
    expect(await fleet.states()).toEqual(['InService']);
    expect(await poolStates(fleet)).toEqual(['Warmed:Pending:Wait', 'Warmed:Pending:Wait']);
    expect((await fleet.activities()).map((activity) => activity.Description)).toContain(
      `Launching a new EC2 instance from warm pool: ${id}`,
    );
  });

  test('launches directly what the pool has not ready', async () => {
    const { fleet, id } = await makePool();
    await fleet.desire(2);
    const all = await fleet.instances();
    expect(all).toHaveLength(2);
    expect(all.map((instance) => instance.InstanceId)).toContain(id);
    expect(await fleet.states()).toEqual(['Pending:Wait', 'Pending:Wait']);
  });

  test('that cannot start a prepared instance is tried again', async () => {
    const { fleet, id } = await makePool();
    const fault = {
      service: 'ec2',
      operation: 'StartInstances',
      resource: fleet.name,
      status: 500,
      count: 1,
    };
    await aws.local('POST', 'faults', { ...fault, message: 'We do not have sufficient capacity.' });
    await fleet.desire(1);
    expect((await fleet.activities())[0]).toMatchObject({ StatusCode: 'Failed' });
    await advance(2);
    expect(await fleet.instances()).toMatchObject([{ InstanceId: id }]);
  });
});

describe('size', () => {
  test.each([
    [{ MinSize: 1, MaxGroupPreparedCapacity: 1 }, 1],
    [{ MinSize: 0, MaxGroupPreparedCapacity: -1 }, 2],
    [{ MinSize: 0, MaxGroupPreparedCapacity: 2 }, 1],
    [{ MinSize: 0, MaxGroupPreparedCapacity: 0 }, 0],
    [{ MinSize: 4, MaxGroupPreparedCapacity: 2 }, 4],
  ])('%p, of a group of one to three, is %p', async (size, instances) => {
    const fleet = await makeFleet(aws, account, { MinSize: 1 });
    await put(fleet, size);
    expect(await pooled(fleet)).toHaveLength(instances);
  });

  test('a smaller pool terminates through the terminating hook', async () => {
    const { fleet, id } = await makePool();
    await put(fleet, { MinSize: 0, MaxGroupPreparedCapacity: 0 });
    expect(await poolStates(fleet)).toEqual(['Warmed:Terminating:Wait']);
    expect(await record(id)).toMatchObject({ targetLifecycleState: 'Warmed:Terminated' });
    await fleet.complete({ InstanceId: id }, 'terminating');
    expect(await pooled(fleet)).toEqual([]);
    await until('its disk is removed', daemon.sentTo('/terminate', id), (all) => all.length === 1);
  });

  test('what AWS leaves open: a stopped instance need not wait in the hook', async () => {
    const { fleet } = await makePool();
    await aws.local('PUT', 'options', { stoppedInstanceWaits: false });
    try {
      await put(fleet, { MinSize: 0, MaxGroupPreparedCapacity: 0 });
      expect(await pooled(fleet)).toEqual([]);
    } finally {
      await aws.local('PUT', 'options', { stoppedInstanceWaits: true });
    }
  });
});

describe('what may not be', () => {
  test('prepared instances are neither protected nor terminated by name', async () => {
    const { fleet, id } = await makePool();
    const protect = { AutoScalingGroupName: fleet.name, InstanceIds: [id ?? ''], ProtectedFromScaleIn: true };
    await expect(account.autoScaling.send(new SetInstanceProtectionCommand(protect))).rejects.toThrow(
      'is not in InService',
    );
    const terminate = { InstanceId: id, ShouldDecrementDesiredCapacity: true };
    await expect(
      account.autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(terminate)),
    ).rejects.toThrow('is in a warm pool');
  });

  test('a group with a mixed-instances policy has no pool', async () => {
    const fleet = await makeFleet(aws, account, {
      LaunchTemplate: undefined,
      MixedInstancesPolicy: {
        LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: account.templateId } },
      },
    });
    await expect(put(fleet)).rejects.toThrow('mixed instances policy');
  });
});

describe('deletion', () => {
  const remove = (fleet: Fleet, ForceDelete: boolean) =>
    account.autoScaling.send(new DeleteWarmPoolCommand({ AutoScalingGroupName: fleet.name, ForceDelete }));

  test('a pool with instances is deleted by force only', async () => {
    const { fleet } = await makePool();
    await expect(remove(fleet, false)).rejects.toMatchObject({ name: 'ResourceInUseFault' });
    await remove(fleet, true);
    expect((await pool(fleet)).WarmPoolConfiguration).toBeUndefined();
    await expect(remove(fleet, true)).rejects.toThrow('No warm pool found');
  });

  test('a pool stays, marked, until its last machine is off', async () => {
    const fleet = await makeFleet(aws, account);
    await put(fleet);
    const [instance] = await pooled(fleet);
    await remove(fleet, true);
    expect((await pool(fleet)).WarmPoolConfiguration?.Status).toBe('PendingDelete');
    await aws.local('POST', `instances/${instance?.InstanceId}/stopped`, { reason: 'terminated' });
    expect((await pool(fleet)).WarmPoolConfiguration).toBeUndefined();
  });

  test('a group takes its pool along', async () => {
    const { fleet, id } = await makePool();
    const group = { AutoScalingGroupName: fleet.name };
    await expect(account.autoScaling.send(new DeleteAutoScalingGroupCommand(group))).rejects.toMatchObject({
      name: 'ResourceInUseFault',
    });
    await account.autoScaling.send(new DeleteAutoScalingGroupCommand({ ...group, ForceDelete: true }));
    await expect(fleet.group()).rejects.toThrow('is gone');
    expect(await record(id)).toMatchObject({ state: 'terminated' });
  });
});
