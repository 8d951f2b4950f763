import {
  CancelInstanceRefreshCommand,
  DescribeInstanceRefreshesCommand,
  EnterStandbyCommand,
  type Instance,
  type InstanceRefresh,
  type RefreshPreferences,
  ResumeProcessesCommand,
  StartInstanceRefreshCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand } from '@aws-sdk/client-ec2';
import type { Fleet } from './aws-fleet';
import { useGroups } from './group-bench';

const bench = useGroups();

const DAY = 86_400;
const named = (fleet: Fleet) => ({ AutoScalingGroupName: fleet.name });
const start = (fleet: Fleet, Preferences: RefreshPreferences = {}) =>
  bench.autoScaling.send(
    new StartInstanceRefreshCommand({ ...named(fleet), Preferences: { InstanceWarmup: 0, ...Preferences } }),
  );
const refreshOf = async (fleet: Fleet): Promise<InstanceRefresh | undefined> =>
  (await bench.autoScaling.send(new DescribeInstanceRefreshesCommand(named(fleet)))).InstanceRefreshes?.[0];
const inState = async (fleet: Fleet, state: string) =>
  (await fleet.instances()).filter(({ LifecycleState }) => LifecycleState === state);
const ids = (all: Instance[]) => all.map(({ InstanceId }) => InstanceId).sort();

/** Completes the launches that wait, and then the terminations. */
async function goOn(fleet: Fleet): Promise<void> {
  for (const one of await inState(fleet, 'Pending:Wait')) await fleet.complete(one, 'launching');
  for (const one of await inState(fleet, 'Terminating:Wait')) await fleet.complete(one, 'terminating');
}

describe('an instance refresh', () => {
  test('replaces one after the other, through the hooks, and ends', async () => {
    const fleet = await bench.makeFleet();
    const old = await fleet.fill(2);
    await start(fleet);
    expect(await fleet.states()).toEqual(['InService', 'Pending:Wait', 'Terminating:Wait']);
    expect(await refreshOf(fleet)).toMatchObject({
      Status: 'InProgress',
      PercentageComplete: 0,
      InstancesToUpdate: 2,
    });
    expect((await fleet.activities()).map(({ Cause }) => Cause)).toContainEqual(
      expect.stringContaining('an instance was taken out of service in response to an instance refresh.'),
    );
    await goOn(fleet);
    expect(await refreshOf(fleet)).toMatchObject({ PercentageComplete: 50 });
    await goOn(fleet);
    expect(await refreshOf(fleet)).toMatchObject({
      Status: 'Successful',
      PercentageComplete: 100,
      InstancesToUpdate: 0,
      EndTime: expect.any(Date),
    });
    expect(ids(await inState(fleet, 'InService')).filter((id) => ids(old).includes(id))).toEqual([]);
    expect((await fleet.group()).DesiredCapacity).toBe(2);
  });

  test('terminates as many at a time as may be missing', async () => {
    const fleet = await bench.makeFleet();
    await fleet.fill(3);
    await start(fleet, { MinHealthyPercentage: 30 });
    expect(await inState(fleet, 'Terminating:Wait')).toHaveLength(2);
  });

  test('launches first when none may be missing', async () => {
    const fleet = await bench.makeFleet();
    const [old] = await fleet.fill(1);
    await start(fleet, { MinHealthyPercentage: 100 });
    expect(await fleet.states()).toEqual(['InService', 'Pending:Wait']);
    await goOn(fleet);
    const [left] = await inState(fleet, 'InService');
    expect(left?.InstanceId).not.toBe(old?.InstanceId);
    expect(await refreshOf(fleet)).toMatchObject({ Status: 'Successful' });
  });

  test('that launched first for one that leaves by itself gives the new one up', async () => {
    const fleet = await bench.makeFleet();
    await fleet.fill(1);
    await start(fleet, { MinHealthyPercentage: 100 });
    await fleet.desire(0);
    await goOn(fleet);
    expect(await inState(fleet, 'InService')).toEqual([]);
    expect(await refreshOf(fleet)).toMatchObject({ Status: 'Successful' });
  });

  test('waits until a new instance is warm', async () => {
    const fleet = await bench.makeFleet();
    await fleet.fill(2);
    await start(fleet, { InstanceWarmup: 300 });
    await goOn(fleet);
    await bench.advance(200);
    expect(await fleet.states()).toEqual(['InService', 'InService']);
    await bench.advance(101);
    expect(await fleet.states()).toEqual(['InService', 'Pending:Wait', 'Terminating:Wait']);
  });

  test('skips what is as it should be', async () => {
    const fleet = await bench.makeFleet();
    const [old] = await fleet.fill(1);
    await bench.account.ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: bench.account.templateId,
        SourceVersion: '$Latest',
        LaunchTemplateData: {},
      }),
    );
    await fleet.fill(2);
    await start(fleet, { SkipMatching: true });
    expect(ids(await inState(fleet, 'Terminating:Wait'))).toEqual([old?.InstanceId]);
    await goOn(fleet);
    expect(await refreshOf(fleet)).toMatchObject({ Status: 'Successful' });
  });

  test('of an empty group is over at once', async () => {
    const fleet = await bench.makeFleet();
    await start(fleet);
    expect(await refreshOf(fleet)).toMatchObject({ Status: 'Successful', PercentageComplete: 100 });
  });

  test('stops while its process is suspended', async () => {
    const fleet = await bench.makeFleet();
    await fleet.fill(1);
    const process = { ...named(fleet), ScalingProcesses: ['InstanceRefresh'] };
    await bench.autoScaling.send(new SuspendProcessesCommand(process));
    await start(fleet);
    expect(await fleet.states()).toEqual(['InService']);
    await bench.autoScaling.send(new ResumeProcessesCommand(process));
    expect(await fleet.states()).toEqual(['Pending:Wait', 'Terminating:Wait']);
  });

  test('is one at a time', async () => {
    const fleet = await bench.makeFleet();
    await fleet.fill(1);
    await start(fleet);
    await expect(start(fleet)).rejects.toMatchObject({ name: 'InstanceRefreshInProgressFault' });
  });

  test('that instances leave by themselves goes on', async () => {
    const fleet = await bench.makeFleet();
    await fleet.fill(2);
    await start(fleet);
    await fleet.desire(0);
    await goOn(fleet);
    expect(await refreshOf(fleet)).toMatchObject({ Status: 'Successful' });
  });
});

describe('protected instances', () => {
  test.each<RefreshPreferences['ScaleInProtectedInstances']>(['Refresh', 'Ignore'])(
    'are dealt with as preferred: %s',
    async (ScaleInProtectedInstances) => {
      const fleet = await bench.makeFleet();
      const [one] = await fleet.fill(1);
      await bench.protect(fleet, [one?.InstanceId], true);
      await start(fleet, { ScaleInProtectedInstances });
      const replaced = ScaleInProtectedInstances === 'Refresh';
      expect(ids(await inState(fleet, 'Terminating:Wait'))).toEqual(replaced ? [one?.InstanceId] : []);
      expect(await refreshOf(fleet)).toMatchObject({ Status: replaced ? 'InProgress' : 'Successful' });
    },
  );

  test('are waited for by default', async () => {
    const fleet = await bench.makeFleet();
    const [one] = await fleet.fill(1);
    await bench.protect(fleet, [one?.InstanceId], true);
    await start(fleet);
    await bench.advance(3500);
    expect(await fleet.states()).toEqual(['InService']);
    await bench.protect(fleet, [one?.InstanceId], false);
    expect(await fleet.states()).toEqual(['Pending:Wait', 'Terminating:Wait']);
  });

  test('are waited for an hour', async () => {
    const fleet = await bench.makeFleet();
    const [one] = await fleet.fill(1);
    await bench.protect(fleet, [one?.InstanceId], true);
    await start(fleet);
    await bench.advance(3601);
    expect(await refreshOf(fleet)).toMatchObject({
      Status: 'Failed',
      StatusReason: expect.stringContaining(one?.InstanceId ?? ''),
    });
    expect(await fleet.states()).toEqual(['InService']);
  });
});

describe('instances in Standby', () => {
  test.each<[RefreshPreferences['StandbyInstances'], string, string[]]>([
    ['Terminate', 'Successful', ['Terminating:Wait']],
    ['Ignore', 'Successful', ['Standby']],
    ['Wait', 'InProgress', ['Standby']],
  ])('are dealt with as preferred: %s', async (StandbyInstances, Status, states) => {
    const fleet = await bench.makeFleet();
    const [one] = await fleet.fill(1);
    await bench.autoScaling.send(
      new EnterStandbyCommand({
        ...named(fleet),
        InstanceIds: [one?.InstanceId ?? ''],
        ShouldDecrementDesiredCapacity: true,
      }),
    );
    await bench.advance(1);
    await start(fleet, { StandbyInstances });
    expect(await fleet.states()).toEqual(states);
    expect(await refreshOf(fleet)).toMatchObject({ Status });
  });
});

describe('cancelling', () => {
  const cancel = (fleet: Fleet) => bench.autoScaling.send(new CancelInstanceRefreshCommand(named(fleet)));

  test('finishes what is under way, and no more', async () => {
    const fleet = await bench.makeFleet();
    await fleet.fill(2);
    await start(fleet);
    await cancel(fleet);
    expect(await refreshOf(fleet)).toMatchObject({ Status: 'Cancelling' });
    await goOn(fleet);
    expect(await refreshOf(fleet)).toMatchObject({ Status: 'Cancelled', PercentageComplete: 50 });
    expect(await fleet.states()).toEqual(['InService', 'InService']);
  });

  test('of a refresh that is not there is refused', async () => {
    const fleet = await bench.makeFleet();
    await expect(cancel(fleet)).rejects.toMatchObject({ name: 'ActiveInstanceRefreshNotFoundFault' });
  });
});

describe('the maximum lifetime', () => {
  const aged = { MaxInstanceLifetime: DAY, MaxSize: 3 };

  test('ends instances one at a time, through the hooks', async () => {
    const fleet = await bench.makeFleet(aged);
    await fleet.fill(2);
    await bench.advance(DAY - 100);
    expect(await fleet.states()).toEqual(['InService', 'InService']);
    await bench.advance(101);
    expect(await fleet.states()).toEqual(['InService', 'Pending:Wait', 'Terminating:Wait']);
    await goOn(fleet);
    expect(await fleet.states()).toEqual(['InService', 'Pending:Wait']);
    await goOn(fleet);
    await bench.advance(DAY / 2);
    expect(await fleet.states()).toEqual(['InService', 'InService']);
  });

  test('spares protected instances as long as they are protected', async () => {
    const fleet = await bench.makeFleet(aged);
    const [one] = await fleet.fill(1);
    await bench.protect(fleet, [one?.InstanceId], true);
    await bench.advance(2 * DAY);
    expect(await fleet.states()).toEqual(['InService']);
    await bench.protect(fleet, [one?.InstanceId], false);
    expect(await fleet.states()).toEqual(['Pending:Wait', 'Terminating:Wait']);
  });

  test('holds for instances that were there before it', async () => {
    const fleet = await bench.makeFleet();
    await fleet.fill(1);
    await bench.advance(2 * DAY);
    await bench.autoScaling.send(
      new UpdateAutoScalingGroupCommand({ ...named(fleet), MaxInstanceLifetime: DAY }),
    );
    expect(await fleet.states()).toEqual(['Pending:Wait', 'Terminating:Wait']);
  });

  test('below a day is refused', async () => {
    await expect(bench.makeFleet({ MaxInstanceLifetime: 3600 })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});
