/** On the local AWS, whose pools fill as those of AWS do; the machines are played. */
import { DescribeWarmPoolCommand, PutWarmPoolCommand } from '@aws-sdk/client-auto-scaling';
import { retireStopped } from '../../../scripts/image/retire-stopped';
import { type Account, deleteFleets, makeFleet, prepareAccount } from '../../local/aws-fleet';
import { type MachinesDaemon, startMachinesDaemon } from '../../local/aws-machines-daemon';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { until } from '../../local/until';

let aws: LocalAws;
let account: Account;
let daemon: MachinesDaemon;
beforeAll(async () => {
  daemon = await startMachinesDaemon();
  aws = await startLocalAws({ MUSTER_LOCAL_MACHINES_URL: daemon.url });
  account = await prepareAccount(aws);
});
afterEach(() => deleteFleets(account));
afterAll(async () => {
  await aws?.stop();
  daemon?.close();
});

const readPool = async (group: string) => {
  const { Instances = [] } = await account.autoScaling.send(
    new DescribeWarmPoolCommand({ AutoScalingGroupName: group }),
  );
  return Instances.map(({ InstanceId, LifecycleState }) => ({ id: InstanceId ?? '', state: LifecycleState }));
};

/** A group with two in its pool: one stopped, the other still on its way. */
async function makePool() {
  const { name } = await makeFleet(aws, account, { LifecycleHookSpecificationList: [] });
  await account.autoScaling.send(
    new PutWarmPoolCommand({ AutoScalingGroupName: name, MinSize: 2, MaxGroupPreparedCapacity: 2 }),
  );
  const [first, second] = await readPool(name);
  const stopped = first?.id ?? '';
  await until('told to stop', daemon.sentTo('/stop', stopped), (all) => all.length > 0);
  await aws.local('POST', `instances/${stopped}/stopped`, { reason: 'powered off' });
  expect((await readPool(name)).filter(({ state }) => state === 'Warmed:Stopped')).toHaveLength(1);
  return { group: name, stopped, other: second?.id ?? '' };
}

test('a stopped instance of another image is ended, and the pool fills again', async () => {
  const { group, stopped, other } = await makePool();
  expect(await retireStopped(account, { group, amiId: 'ami-0123' })).toEqual([stopped]);
  await until('ended', daemon.sentTo('/terminate', stopped), (all) => all.length > 0);
  await aws.local('POST', `instances/${stopped}/stopped`, { reason: 'terminated' });
  await aws.local('POST', 'clock', { advanceSeconds: 5 });
  const ids = (await readPool(group)).map(({ id }) => id);
  expect(ids).toHaveLength(2);
  expect(ids).toContain(other);
  expect(ids).not.toContain(stopped);
});

test('one that has the image stays', async () => {
  const { group } = await makePool();
  expect(await retireStopped(account, { group, amiId: account.imageId })).toEqual([]);
});

test('a group that is not deployed yet has none', async () => {
  expect(await retireStopped(account, { group: 'muster-dev-none', amiId: 'ami-0123' })).toEqual([]);
});
