import {
  CopyImageCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
  type RegisterImageCommandInput,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetParameterHistoryCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Account } from './aws-fleet';
import { type MachinesDaemon, startAwsWithMachines } from './aws-machines-daemon';
import type { LocalAws } from './start-local-aws';
import { until } from './until';

let aws: LocalAws;
let account: Account;
let daemon: MachinesDaemon;
let stop: () => Promise<void>;
let ec2: EC2Client;
beforeAll(async () => {
  ({ aws, account, daemon, stop } = await startAwsWithMachines());
  ec2 = account.ec2;
});
afterAll(() => stop?.());

let images = 0;
async function register(change: Partial<RegisterImageCommandInput> = {}): Promise<string> {
  const made = await ec2.send(
    new RegisterImageCommand({
      Name: `image-${++images}`,
      Architecture: 'arm64',
      RootDeviceName: '/dev/xvda',
      TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'muster:image', Value: 'linux' }] }],
      ...change,
    }),
  );
  return made.ImageId ?? '';
}
const describe1 = async (id: string, client = ec2) =>
  (await client.send(new DescribeImagesCommand({ ImageIds: [id] }))).Images?.[0];
const snapshotOf = async (id: string, client = ec2) =>
  (await describe1(id, client))?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
const snapshotExists = async (id: string) => {
  const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  return (Snapshots ?? []).some((snapshot) => snapshot.SnapshotId === id);
};
const now = async () => (await aws.local<{ now: string }>('GET', 'clock')).now;
const advance = (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds });

describe('an image', () => {
  test('is as old as the clock of the local cloud says, and its snapshot with it', async () => {
    await advance(30 * 86_400);
    const id = await register();
    const day = (await now()).slice(0, 10);
    expect((await describe1(id))?.CreationDate).toContain(day);
    const { Snapshots } = await ec2.send(
      new DescribeSnapshotsCommand({ SnapshotIds: [await snapshotOf(id)] }),
    );
    expect(Snapshots?.[0]?.StartTime?.toISOString()).toContain(day);
  });

  test('keeps its snapshot from being deleted, until it is deregistered', async () => {
    const id = await register();
    const snapshot = await snapshotOf(id);
    const remove = () => ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshot }));
    await expect(remove()).rejects.toMatchObject({ name: 'InvalidSnapshot.InUse' });
    await ec2.send(new DeregisterImageCommand({ ImageId: id }));
    expect(await snapshotExists(snapshot)).toBe(true);
    await remove();
    expect(await snapshotExists(snapshot)).toBe(false);
  });

  test('takes its snapshots along when that is asked for', async () => {
    const id = await register();
    const snapshot = await snapshotOf(id);
    const done = await ec2.send(new DeregisterImageCommand({ ImageId: id, DeleteAssociatedSnapshots: true }));
    expect(done.DeleteSnapshotResults).toEqual([{ SnapshotId: snapshot, ReturnCode: 'success' }]);
    expect(await snapshotExists(snapshot)).toBe(false);
  });

  test('may be made of a snapshot that is there', async () => {
    const old = await register();
    const snapshot = await snapshotOf(old);
    await ec2.send(new DeregisterImageCommand({ ImageId: old }));
    const id = await register({
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: snapshot, VolumeSize: 30 } }],
    });
    expect(await snapshotOf(id)).toBe(snapshot);
    await expect(ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshot }))).rejects.toThrow();
  });

  test('is launched by those whom its launch permissions name', async () => {
    const id = await register();
    const permissions = async () =>
      (await ec2.send(new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' })))
        .LaunchPermissions;
    expect(await permissions()).toEqual([]);
    const change = (LaunchPermission: object) =>
      ec2.send(new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission }));
    await change({ Add: [{ UserId: '210987654321' }, { UserId: '111122223333' }] });
    await change({ Remove: [{ UserId: '111122223333' }] });
    expect(await permissions()).toEqual([{ UserId: '210987654321' }]);
  });

  test('that is gone has no permissions and is launched by nobody', async () => {
    const id = await register();
    await ec2.send(new DeregisterImageCommand({ ImageId: id }));
    await expect(
      ec2.send(new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' })),
    ).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
    await expect(
      ec2.send(new RunInstancesCommand({ ImageId: id, MinCount: 1, MaxCount: 1 })),
    ).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
  });
});

describe('a copy in another region', () => {
  const elsewhere = () => new EC2Client({ ...aws.client, region: 'eu-west-1' });
  const copy = async (id: string, change: object = {}) => {
    const made = await elsewhere().send(
      new CopyImageCommand({ SourceImageId: id, SourceRegion: aws.client.region, Name: 'copy', ...change }),
    );
    return made.ImageId ?? '';
  };

  test('has the properties and a snapshot of its own, but no permissions and tags', async () => {
    const id = await register();
    const made = await describe1(await copy(id), elsewhere());
    expect(made).toMatchObject({
      Name: 'copy',
      Architecture: 'arm64',
      RootDeviceName: '/dev/xvda',
      SourceImageId: id,
      SourceImageRegion: aws.client.region,
      Tags: [],
    });
    expect(made?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId).not.toBe(await snapshotOf(id));
  });

  test('has the tags that are asked for, and its snapshot too', async () => {
    const Tags = [{ Key: 'muster:from', Value: 'dev' }];
    const id = await copy(await register(), {
      CopyImageTags: true,
      TagSpecifications: [
        { ResourceType: 'image', Tags },
        { ResourceType: 'snapshot', Tags },
      ],
    });
    const made = await describe1(id, elsewhere());
    expect(made?.Tags).toEqual(expect.arrayContaining([...Tags, { Key: 'muster:image', Value: 'linux' }]));
    const { Snapshots } = await elsewhere().send(
      new DescribeSnapshotsCommand({ SnapshotIds: [await snapshotOf(id, elsewhere())] }),
    );
    expect(Snapshots?.[0]?.Tags).toEqual(Tags);
  });
});

test('the history of a parameter has every value, with its time', async () => {
  const ssm = new SSMClient(aws.client);
  const days = [];
  for (const Value of ['ami-1', 'ami-2']) {
    await ssm.send(
      new PutParameterCommand({ Name: '/muster/dev/image', Value, Type: 'String', Overwrite: true }),
    );
    days.push((await now()).slice(0, 10));
    await advance(3 * 86_400);
  }
  const { Parameters } = await ssm.send(new GetParameterHistoryCommand({ Name: '/muster/dev/image' }));
  expect(
    Parameters?.map(({ Version, Value, LastModifiedDate }) => [
      Version,
      Value,
      LastModifiedDate?.toISOString().slice(0, 10),
    ]),
  ).toEqual([
    [1, 'ami-1', days[0]],
    [2, 'ami-2', days[1]],
  ]);
});

describe('an instance of no group', () => {
  const start = async (client = ec2, change: object = {}) => {
    const made = await client.send(
      new RunInstancesCommand({
        ImageId: account.imageId,
        InstanceType: 'm7i.large',
        MinCount: 1,
        MaxCount: 1,
        IamInstanceProfile: { Name: 'fleet-instance' },
        InstanceInitiatedShutdownBehavior: 'terminate',
        NetworkInterfaces: [
          { DeviceIndex: 0, SubnetId: account.subnets.split(',')[0], DeleteOnTermination: true },
        ],
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'smoke' }] }],
        UserData: Buffer.from('MUSTER_CI=smoke\n').toString('base64'),
        ...change,
      }),
    );
    return made.Instances?.[0]?.InstanceId;
  };
  const stateOf = async (id: string | undefined) => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id ?? ''] }));
    return Reservations?.[0]?.Instances?.[0]?.State?.Name;
  };

  test('is booted with its user data, role and tags, and is terminated when it powers itself off', async () => {
    const id = await start();
    const [launch] = await until('booted', daemon.sentTo('/launch', id), (all) => all.length > 0);
    expect(launch?.body).toMatchObject({
      group: null,
      userData: 'MUSTER_CI=smoke\n',
      imageTags: { 'local:rootfs': '/rootfs' },
      roleArn: 'arn:aws:iam::123456789012:role/fleet-instance',
      tags: { Name: 'smoke' },
      privateIp: expect.stringMatching(/^10\.87\./),
    });
    await aws.local('POST', `instances/${id}/stopped`, { reason: 'powered off' });
    expect(await stateOf(id)).toBe('terminated');
  });

  test('is started once for a client token', async () => {
    const change = { ClientToken: 'once' };
    expect(await start(ec2, change)).toBe(await start(ec2, change));
    expect(await start(ec2, { ClientToken: 'again' })).not.toBe(await start(ec2, change));
  });
});
