import { ResumeProcessesCommand, SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import type { Fleet } from './aws-fleet';
import { useGroups } from './group-bench';

const bench = useGroups();
afterEach(() => bench.options({ noCapacity: [] }));

const FULL = 'eu-central-1a';
const EMPTY = 'eu-central-1b';
const rebalance = (fleet: Fleet, body: object = {}) =>
  bench.aws.local<{ launched: string }>('POST', `groups/${fleet.name}/rebalance`, body);
const zones = async (fleet: Fleet) =>
  (await fleet.instances())
    .map(({ AvailabilityZone, LifecycleState }) => `${AvailabilityZone?.at(-1)} ${LifecycleState}`)
    .sort();
const process = (fleet: Fleet) => ({
  AutoScalingGroupName: fleet.name,
  ScalingProcesses: ['AZRebalance'],
});

/** Two instances in one zone, none in the other, because that had no capacity; it has now. */
async function makeUnevenFleet({ suspended = false, MaxSize = 3 } = {}): Promise<Fleet> {
  const fleet = await bench.makeFleet({ MaxSize });
  if (suspended) await bench.autoScaling.send(new SuspendProcessesCommand(process(fleet)));
  await bench.options({ noCapacity: [EMPTY] });
  await fleet.fill(2);
  expect(await zones(fleet)).toEqual(['a InService', 'a InService']);
  await bench.options({ noCapacity: [] });
  return fleet;
}

test('launches in the smaller zone, then terminates in the larger one', async () => {
  const fleet = await makeUnevenFleet();
  await bench.advance(61);
  expect(await zones(fleet)).toEqual(['a InService', 'a InService', 'b Pending:Wait']);
  const added = (await fleet.instances()).find(({ LifecycleState }) => LifecycleState === 'Pending:Wait');
  await fleet.complete(added, 'launching');
  expect(await zones(fleet)).toEqual(['a InService', 'a Terminating:Wait', 'b InService']);
  const [terminated, launched] = await fleet.activities();
  expect(launched?.Cause).toContain(
    `availability zones ${FULL} ${EMPTY} had 2 0 instances respectively. An instance was launched to aid in balancing the group's zones.`,
  );
  expect(terminated?.Cause).toContain(
    `instances were launched to balance instances in zones ${EMPTY} with other zones resulting in more than desired number of instances in the group.`,
  );
  expect(terminated?.Cause).toContain('shrinking the capacity from 3 to 2');
  await bench.advance(300);
  expect((await fleet.group()).DesiredCapacity).toBe(2);
  expect(await zones(fleet)).toEqual(['a InService', 'a Terminating:Wait', 'b InService']);
});

test('goes above the maximum for it', async () => {
  const fleet = await makeUnevenFleet({ MaxSize: 2 });
  await bench.advance(61);
  expect(await zones(fleet)).toEqual(['a InService', 'a InService', 'b Pending:Wait']);
});

test('an abandoned launch costs the larger zone nothing', async () => {
  const fleet = await makeUnevenFleet();
  await bench.advance(61);
  const added = (await fleet.instances()).find(({ LifecycleState }) => LifecycleState === 'Pending:Wait');
  await fleet.complete(added, 'launching', 'ABANDON');
  expect(await zones(fleet)).toEqual(['a InService', 'a InService']);
  await bench.advance(61);
  expect(await zones(fleet)).toEqual(['a InService', 'a InService', 'b Pending:Wait']);
});

test('a group that shrinks meanwhile keeps neither the new instance nor the old ones', async () => {
  const fleet = await makeUnevenFleet();
  await bench.advance(61);
  await fleet.desire(0);
  for (const one of await fleet.instances())
    if (one.LifecycleState === 'Pending:Wait') await fleet.complete(one, 'launching');
  expect(new Set(await fleet.states())).toEqual(new Set(['Terminating:Wait']));
});

test('protected instances are not chosen', async () => {
  const fleet = await makeUnevenFleet();
  const ids = (await fleet.instances()).map(({ InstanceId = '' }) => InstanceId);
  await bench.protect(fleet, ids, true);
  await bench.advance(300);
  expect(await zones(fleet)).toEqual(['a InService', 'a InService']);
  await bench.protect(fleet, ids.slice(0, 1), false);
  await bench.advance(120);
  const added = (await fleet.instances()).find(({ LifecycleState }) => LifecycleState === 'Pending:Wait');
  await fleet.complete(added, 'launching');
  const leaving = (await fleet.instances()).filter((one) => one.LifecycleState === 'Terminating:Wait');
  expect(leaving.map(({ InstanceId }) => InstanceId)).toEqual(ids.slice(0, 1));
});

test('a zone without capacity is not waited for', async () => {
  const fleet = await makeUnevenFleet();
  await bench.options({ noCapacity: [EMPTY], noSpotCapacity: [EMPTY] });
  await bench.advance(300);
  expect((await fleet.activities()).filter(({ StatusCode }) => StatusCode === 'Failed')).toEqual([]);
  await bench.options({ noSpotCapacity: [] });
});

test('a suspended process waits until it is resumed', async () => {
  const fleet = await makeUnevenFleet({ suspended: true });
  await bench.advance(300);
  expect(await zones(fleet)).toEqual(['a InService', 'a InService']);
  await bench.autoScaling.send(new ResumeProcessesCommand(process(fleet)));
  await bench.advance(61);
  expect(await zones(fleet)).toEqual(['a InService', 'a InService', 'b Pending:Wait']);
});

describe('asked for', () => {
  test('evens out at once', async () => {
    const fleet = await makeUnevenFleet();
    const { launched } = await rebalance(fleet);
    await fleet.complete({ InstanceId: launched }, 'launching');
    expect(await zones(fleet)).toEqual(['a InService', 'a Terminating:Wait', 'b InService']);
  });

  test('takes one from the zone it is told, even or not', async () => {
    const fleet = await bench.makeFleet();
    await fleet.fill(2);
    const { launched } = await rebalance(fleet, { fromZone: EMPTY });
    await fleet.complete({ InstanceId: launched }, 'launching');
    expect(await zones(fleet)).toEqual(['a InService', 'a InService', 'b Terminating:Wait']);
  });

  test('moves the only instance, though the process is suspended, unless it is protected', async () => {
    const fleet = await bench.makeFleet();
    await bench.autoScaling.send(new SuspendProcessesCommand(process(fleet)));
    const [one] = await fleet.fill(1);
    const ids = [one?.InstanceId];
    await bench.protect(fleet, ids, true);
    await expect(rebalance(fleet)).rejects.toThrow('unprotected');
    await bench.protect(fleet, ids, false);
    const { launched } = await rebalance(fleet);
    await fleet.complete({ InstanceId: launched }, 'launching');
    expect(await zones(fleet)).toEqual(['a Terminating:Wait', 'b InService']);
  });

  test('without hooks, one stands where two were', async () => {
    const fleet = await bench.makeFleet({ LifecycleHookSpecificationList: [] });
    await fleet.fill(1);
    await rebalance(fleet, { fromZone: FULL });
    expect(await zones(fleet)).toEqual(['b InService']);
  });
});
