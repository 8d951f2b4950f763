import {
  DescribeAutoScalingInstancesCommand,
  DetachInstancesCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { Fleet } from './aws-fleet';
import { useGroups } from './group-bench';

const bench = useGroups();

const named = (fleet: Fleet, id: string | undefined) => ({
  AutoScalingGroupName: fleet.name,
  InstanceIds: [id ?? ''],
});
const enter = (fleet: Fleet, id: string | undefined, decrement = true) =>
  bench.autoScaling.send(
    new EnterStandbyCommand({ ...named(fleet, id), ShouldDecrementDesiredCapacity: decrement }),
  );
const exit = (fleet: Fleet, id: string | undefined) =>
  bench.autoScaling.send(new ExitStandbyCommand(named(fleet, id)));
const terminate = (InstanceId: string | undefined, ShouldDecrementDesiredCapacity: boolean) =>
  bench.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity }),
  );
const desired = async (fleet: Fleet) => (await fleet.group()).DesiredCapacity;

/** One of two instances in Standby. */
async function makeHolding(): Promise<{ fleet: Fleet; id: string | undefined }> {
  const fleet = await bench.makeFleet();
  const [one] = await fleet.fill(2);
  await enter(fleet, one?.InstanceId);
  await bench.advance(1);
  expect(await fleet.states()).toEqual(['InService', 'Standby']);
  return { fleet, id: one?.InstanceId };
}

describe('entering Standby', () => {
  test('takes the instance out of the count, and shows the way there', async () => {
    const fleet = await bench.makeFleet();
    const [one] = await fleet.fill(2);
    await bench.options({ standbySeconds: 30 });
    const { Activities } = await enter(fleet, one?.InstanceId);
    await bench.options({ standbySeconds: 1 });
    expect(await fleet.states()).toEqual(['EnteringStandby', 'InService']);
    expect(await bench.record(one?.InstanceId)).toMatchObject({
      lifecycleState: 'EnteringStandby',
      targetLifecycleState: 'Standby',
    });
    expect(Activities).toMatchObject([
      {
        Description: `Moving EC2 instance to Standby: ${one?.InstanceId}`,
        Cause: expect.stringContaining(
          `instance ${one?.InstanceId} was moved to standby in response to a user request, shrinking the capacity from 2 to 1.`,
        ),
        StatusCode: 'InProgress',
        Progress: 50,
      },
    ]);
    await bench.advance(30);
    expect(await fleet.states()).toEqual(['InService', 'Standby']);
    expect(await desired(fleet)).toBe(1);
    expect((await fleet.activities())[0]).toMatchObject({ StatusCode: 'Successful' });
    const shown = await bench.autoScaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [one?.InstanceId ?? ''] }),
    );
    expect(shown.AutoScalingInstances).toMatchObject([{ LifecycleState: 'Standby' }]);
    expect(await bench.record(one?.InstanceId)).toMatchObject({
      state: 'running',
      targetLifecycleState: 'Standby',
    });
  });

  test('without decrement the instance is replaced', async () => {
    const fleet = await bench.makeFleet();
    const [one] = await fleet.fill(1);
    await enter(fleet, one?.InstanceId, false);
    await bench.advance(1);
    expect(await fleet.states()).toEqual(['Pending:Wait', 'Standby']);
    expect(await desired(fleet)).toBe(1);
  });

  test('below the minimum is refused', async () => {
    const fleet = await bench.makeFleet({ MinSize: 1 });
    const [one] = await fleet.fill(1);
    await expect(enter(fleet, one?.InstanceId)).rejects.toMatchObject({
      name: 'ValidationError',
      message: `AutoScalingGroup ${fleet.name} has min-size=1, max-size=3, and desired-size=1. To place into standby 1 instance, please update the AutoScalingGroup sizes appropriately.`,
    });
  });

  test('of an instance that is not in service is refused', async () => {
    const fleet = await bench.makeFleet({ DesiredCapacity: 1 });
    const [one] = await fleet.instances();
    await expect(enter(fleet, one?.InstanceId)).rejects.toMatchObject({
      name: 'ValidationError',
      message: `The instance ${one?.InstanceId} is not in InService.`,
    });
  });

  test('a protected instance may', async () => {
    const fleet = await bench.makeFleet();
    const [one] = await fleet.fill(1);
    await bench.protect(fleet, [one?.InstanceId], true);
    await enter(fleet, one?.InstanceId);
    expect(await fleet.instances()).toMatchObject([{ ProtectedFromScaleIn: true }]);
  });
});

describe('in Standby', () => {
  test('an instance is no victim, whatever is desired', async () => {
    const { fleet, id } = await makeHolding();
    await fleet.desire(0);
    const left = (await fleet.instances()).find((instance) => instance.InstanceId === id);
    expect(left?.LifecycleState).toBe('Standby');
  });

  test('it is not replaced when it dies, and shown as healthy', async () => {
    const { fleet, id } = await makeHolding();
    await bench.aws.local('POST', `instances/${id}/stopped`, { reason: 'switched off' });
    await bench.advance(60);
    const held = (await fleet.instances()).find((instance) => instance.InstanceId === id);
    expect(held).toMatchObject({ LifecycleState: 'Standby', HealthStatus: 'Healthy' });
  });

  test('its protection can be changed', async () => {
    const { fleet, id } = await makeHolding();
    for (const wanted of [true, false]) {
      await bench.protect(fleet, [id], wanted);
      const held = (await fleet.instances()).find((instance) => instance.InstanceId === id);
      expect(held?.ProtectedFromScaleIn).toBe(wanted);
    }
  });

  test('it can be terminated, through its hook, and is not replaced', async () => {
    const { fleet, id } = await makeHolding();
    await terminate(id, false);
    expect(await fleet.states()).toEqual(['InService', 'Terminating:Wait']);
    expect(await desired(fleet)).toBe(1);
  });

  test.each([
    [false, 1],
    [true, 0],
  ])('what AWS leaves open: whether its termination lowers desired: %p', async (decrements, left) => {
    const { fleet, id } = await makeHolding();
    await bench.options({ standbyTerminationDecrements: decrements });
    try {
      await terminate(id, true);
    } finally {
      await bench.options({ standbyTerminationDecrements: false });
    }
    expect(await desired(fleet)).toBe(left);
  });
});

describe('leaving Standby', () => {
  test('raises desired, and runs no launching hook', async () => {
    const { fleet, id } = await makeHolding();
    const { Activities } = await exit(fleet, id);
    expect(Activities).toMatchObject([
      {
        Description: `Moving EC2 instance out of Standby: ${id}`,
        Cause: expect.stringContaining('increasing the capacity from 1 to 2.'),
        StatusCode: 'PreInService',
      },
    ]);
    expect(await desired(fleet)).toBe(2);
    expect(await bench.record(id)).toMatchObject({ targetLifecycleState: 'InService' });
    await bench.advance(1);
    expect(await fleet.states()).toEqual(['InService', 'InService']);
  });

  test('above the maximum is refused', async () => {
    const { fleet, id } = await makeHolding();
    await fleet.desire(3);
    await expect(exit(fleet, id)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('has min-size=0, max-size=3, and desired-size=3'),
    });
    expect(await desired(fleet)).toBe(3);
  });

  test('of one that is not in Standby is refused', async () => {
    const fleet = await bench.makeFleet();
    const [one] = await fleet.fill(1);
    await expect(exit(fleet, one?.InstanceId)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  test('it keeps the protection it had', async () => {
    const { fleet, id } = await makeHolding();
    await bench.protect(fleet, [id], true);
    await exit(fleet, id);
    await bench.advance(1);
    const back = (await fleet.instances()).find((instance) => instance.InstanceId === id);
    expect(back).toMatchObject({ LifecycleState: 'InService', ProtectedFromScaleIn: true });
  });

  test('one that died meanwhile is replaced', async () => {
    const { fleet, id } = await makeHolding();
    await bench.aws.local('POST', `instances/${id}/stopped`, { reason: 'crashed' });
    await exit(fleet, id);
    await bench.advance(5);
    expect(await fleet.states()).toEqual(['InService', 'Pending:Wait']);
  });
});

describe('detaching', () => {
  const detach = (fleet: Fleet, id: string | undefined, ShouldDecrementDesiredCapacity: boolean) =>
    bench.autoScaling.send(
      new DetachInstancesCommand({ ...named(fleet, id), ShouldDecrementDesiredCapacity }),
    );

  test('leaves the instance running, in no group', async () => {
    const fleet = await bench.makeFleet();
    const [one] = await fleet.fill(2);
    await detach(fleet, one?.InstanceId, true);
    await bench.advance(1);
    expect(await fleet.states()).toEqual(['InService']);
    expect(await desired(fleet)).toBe(1);
    const left = await bench.record(one?.InstanceId);
    expect(left).toMatchObject({ state: 'running', group: null, targetLifecycleState: 'Detached' });
    expect(left.tags).not.toHaveProperty(['aws:autoscaling:groupName']);
  });

  test('without decrement it is replaced', async () => {
    const fleet = await bench.makeFleet();
    const [one] = await fleet.fill(1);
    await detach(fleet, one?.InstanceId, false);
    await bench.advance(1);
    expect(await fleet.states()).toEqual(['Pending:Wait']);
  });

  test('one in Standby may be detached, one that terminates may not', async () => {
    const { fleet, id } = await makeHolding();
    await detach(fleet, id, true);
    await bench.advance(1);
    expect(await desired(fleet)).toBe(1);
    await fleet.desire(0);
    const [last] = await fleet.instances();
    await expect(detach(fleet, last?.InstanceId, true)).rejects.toThrow('is not in InService or Standby.');
  });
});
