/** The steps of Terraform's provider before it deletes a group (internal/service/autoscaling/group.go, drainGroup). */
import {
  DeleteAutoScalingGroupCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { Fleet } from './aws-fleet';
import { useGroups } from './group-bench';

const bench = useGroups();

const named = (fleet: Fleet) => ({ AutoScalingGroupName: fleet.name });
const protectedOf = async (fleet: Fleet) =>
  (await fleet.instances())
    .filter((one) => one.ProtectedFromScaleIn)
    .map(({ InstanceId = '' }) => InstanceId);

/** Sizes to zero, then the protection off of all that had it before. */
async function drain(fleet: Fleet): Promise<void> {
  const ids = await protectedOf(fleet);
  await bench.autoScaling.send(
    new UpdateAutoScalingGroupCommand({ ...named(fleet), DesiredCapacity: 0, MinSize: 0, MaxSize: 0 }),
  );
  if (ids.length > 0) await bench.protect(fleet, ids, false);
}
const remove = (fleet: Fleet) =>
  bench.autoScaling.send(new DeleteAutoScalingGroupCommand({ ...named(fleet), ForceDelete: false }));
const completeAll = async (fleet: Fleet) => {
  for (const one of await fleet.instances()) await fleet.complete(one, 'terminating');
};

test('protected instances drain through their hooks, and the group goes', async () => {
  const fleet = await bench.makeFleet();
  const ids = (await fleet.fill(3)).map(({ InstanceId = '' }) => InstanceId);
  await bench.protect(fleet, ids.slice(0, 2), true);
  await drain(fleet);
  expect(await fleet.states()).toEqual(['Terminating:Wait', 'Terminating:Wait', 'Terminating:Wait']);
  await expect(remove(fleet)).rejects.toMatchObject({ name: 'ResourceInUseFault' });
  await completeAll(fleet);
  await remove(fleet);
  await expect(fleet.group()).rejects.toThrow('is gone');
});

test('so do those of a group that protects all', async () => {
  const fleet = await bench.makeFleet({ NewInstancesProtectedFromScaleIn: true });
  await fleet.fill(2);
  await drain(fleet);
  expect(await fleet.states()).toEqual(['Terminating:Wait', 'Terminating:Wait']);
});

test('one that is on its way into service goes too, and is not replaced', async () => {
  const fleet = await bench.makeFleet({ NewInstancesProtectedFromScaleIn: true, DesiredCapacity: 1 });
  await drain(fleet);
  await completeAll(fleet);
  await bench.advance(60);
  expect(await fleet.instances()).toEqual([]);
});

test('one that protects itself after the group was read stays until it is free', async () => {
  const fleet = await bench.makeFleet();
  const [one] = await fleet.fill(1);
  const ids = await protectedOf(fleet);
  expect(ids).toEqual([]);
  await bench.protect(fleet, [one?.InstanceId], true);
  await bench.autoScaling.send(
    new UpdateAutoScalingGroupCommand({ ...named(fleet), DesiredCapacity: 0, MinSize: 0, MaxSize: 0 }),
  );
  expect(await fleet.states()).toEqual(['InService']);
  await bench.protect(fleet, [one?.InstanceId], false);
  expect(await fleet.states()).toEqual(['Terminating:Wait']);
});

test('one in Standby holds the group, and cannot come back while its sizes are zero', async () => {
  const fleet = await bench.makeFleet();
  const ids = (await fleet.fill(1)).map(({ InstanceId = '' }) => InstanceId);
  await bench.autoScaling.send(
    new EnterStandbyCommand({ ...named(fleet), InstanceIds: ids, ShouldDecrementDesiredCapacity: true }),
  );
  await bench.advance(1);
  await drain(fleet);
  expect(await fleet.states()).toEqual(['Standby']);
  await expect(remove(fleet)).rejects.toMatchObject({ name: 'ResourceInUseFault' });
  await expect(
    bench.autoScaling.send(new ExitStandbyCommand({ ...named(fleet), InstanceIds: ids })),
  ).rejects.toThrow('max-size=0');
});
