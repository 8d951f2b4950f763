/** The whole way on the local AWS: what is read, chosen and removed. */
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { tidyImage } from '../../../lambda/housekeeper/images/tidy-image';
import type { ImageSettings, ImagesMode } from '../../../lambda/housekeeper/settings';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { bakeAmi } from '../../scripts/bake-ami';
import { withFault } from '../../scripts/with-fault';
import { imageSettingsOf } from './perfect';

/** When everything that a test makes is old. */
const LATER = Date.now() + 48 * 60 * 60_000;

let aws: LocalAws;
let ec2: EC2Client;
let ssm: SSMClient;
beforeAll(async () => {
  aws = await startLocalAws();
  ec2 = new EC2Client(aws.client);
  ssm = new SSMClient(aws.client);
});
afterAll(() => aws?.stop());

let count = 0;
/** An environment of its own for each test. */
function makePlace() {
  count += 1;
  const environment = `e${count}`;
  const image = imageSettingsOf({
    parameter: `/muster/${environment}/image/runner`,
    launchTemplates: [`muster-${environment}-linux`],
  });
  const tidy = (mode: ImagesMode = 'delete', changes: Partial<ImageSettings> = {}) =>
    tidyImage(
      { ec2: (region) => new EC2Client({ ...aws.client, region }), ssm },
      { environment, region: 'eu-central-1' },
      { ...image, ...changes },
      { now: LATER, mode },
    );
  const bake = async () => {
    count += 1;
    const id = await bakeAmi(ec2, { environment, version: String(count) });
    const { snapshot } = await readAmi(id);
    await ec2.send(
      new CreateTagsCommand({
        Resources: [snapshot],
        Tags: [
          { Key: 'muster:environment', Value: environment },
          { Key: 'muster:image', Value: 'runner' },
        ],
      }),
    );
    return { id, snapshot };
  };
  const promote = (amiId: string) =>
    ssm.send(
      new PutParameterCommand({ Name: image.parameter, Value: amiId, Type: 'String', Overwrite: true }),
    );
  return { environment, template: `muster-${environment}-linux`, tidy, bake, promote };
}

async function readAmi(id: string) {
  const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
  return { snapshot: Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '' };
}
const listAmis = async () =>
  (await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))).Images?.map(({ ImageId }) => ImageId) ??
  [];
const listSnapshots = async () =>
  (await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots?.map(
    ({ SnapshotId }) => SnapshotId,
  ) ?? [];

async function bakeMany(bake: () => Promise<{ id: string; snapshot: string }>, many: number) {
  const all: { id: string; snapshot: string }[] = [];
  for (let nth = 0; nth < many; nth += 1) all.push(await bake());
  return all;
}

const whyOf = (tidied: Awaited<ReturnType<ReturnType<typeof makePlace>['tidy']>>, id: string) =>
  tidied.keep.find(({ ami }) => ami.id === id)?.why.map(({ reason }) => reason) ?? [];

test('what nothing needs is deregistered with its snapshot, all else stays, and a second run finds nothing', async () => {
  const { tidy, bake, promote, template } = makePlace();
  const [promoted, before, latest, previous, used, shared, ...rest] = await bakeMany(bake, 9);
  for (const ami of [before, promoted]) await promote(ami?.id ?? '');
  const versions = [previous, latest].map((ami) => ({
    ImageId: ami?.id ?? '',
    InstanceType: 'm7i.large' as const,
  }));
  await ec2.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName: template, LaunchTemplateData: versions[0] ?? {} }),
  );
  await ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName: template,
      LaunchTemplateData: versions[1] ?? {},
    }),
  );
  await ec2.send(new RunInstancesCommand({ ImageId: used?.id ?? '', MinCount: 1, MaxCount: 1 }));
  await ec2.send(
    new ModifyImageAttributeCommand({
      ImageId: shared?.id ?? '',
      LaunchPermission: { Add: [{ UserId: '111122223333' }] },
    }),
  );

  const tidied = await tidy();
  expect({ unread: tidied.unread, failures: tidied.failures }).toEqual({ unread: [], failures: [] });
  expect(whyOf(tidied, promoted?.id ?? '')).toContain('promoted');
  expect(whyOf(tidied, before?.id ?? '')).toContain('promoted-before');
  expect(whyOf(tidied, latest?.id ?? '')).toContain('launch-template');
  expect(whyOf(tidied, previous?.id ?? '')).toContain('launch-template');
  expect(whyOf(tidied, used?.id ?? '')).toContain('instance');
  expect(whyOf(tidied, shared?.id ?? '')).toContain('shared');
  const gone = tidied.remove.map(({ ami }) => ami.id);
  // The two newest stay too; which of one second those are does not matter here.
  expect(rest.map(({ id }) => id)).toEqual(expect.arrayContaining(gone));
  expect(gone.length).toBeGreaterThanOrEqual(1);
  expect((await listAmis()).filter((id) => gone.includes(id ?? ''))).toEqual([]);
  const snapshots = rest.filter(({ id }) => gone.includes(id)).map(({ snapshot }) => snapshot);
  expect((await listSnapshots()).filter((id) => snapshots.includes(id ?? ''))).toEqual([]);

  const again = await tidy();
  expect([again.remove, again.orphans, again.failures]).toEqual([[], [], []]);
});

test('an instance that is terminated needs its image no more', async () => {
  const { tidy, bake } = makePlace();
  const [used] = await bakeMany(bake, 5);
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: used?.id ?? '', MinCount: 1, MaxCount: 1 }),
  );
  expect(whyOf(await tidy('dry-run'), used?.id ?? '')).toContain('instance');
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ''] }));
  expect(whyOf(await tidy('dry-run'), used?.id ?? '')).not.toContain('instance');
});

test('a dry run says the same and removes nothing', async () => {
  const { tidy, bake } = makePlace();
  const baked = await bakeMany(bake, 3);
  const { remove, done } = await tidy('dry-run');
  expect({ remove: remove.length, done }).toEqual({ remove: 1, done: [] });
  expect(await listAmis()).toEqual(expect.arrayContaining(baked.map(({ id }) => id)));
});

test.each([
  ['ec2', 'DescribeInstances'],
  ['ec2', 'DescribeImages'],
  ['ec2', 'DescribeSnapshots'],
  ['ec2', 'DescribeImageAttribute'],
  ['ec2', 'DescribeLaunchTemplateVersions'],
  ['ssm', 'GetParameterHistory'],
])('nothing is removed while %s refuses %s', async (service, operation) => {
  const { tidy, bake } = makePlace();
  await bakeMany(bake, 3);
  const { remove, done, unread } = await withFault(aws, { service, operation }, () => tidy());
  expect({ remove, done }).toEqual({ remove: [], done: [] });
  expect(unread.join()).toContain('UnauthorizedOperation');
});

test('a snapshot that AWS does not delete is told, and the next run deletes it', async () => {
  const { tidy, bake } = makePlace();
  const baked = await bakeMany(bake, 3);
  const first = await withFault(aws, { service: 'ec2', operation: 'DeleteSnapshot' }, () => tidy());
  expect(first.failures).toEqual([expect.stringContaining('UnauthorizedOperation')]);
  const [left] = first.remove[0]?.snapshots ?? [];
  expect(baked.map(({ snapshot }) => snapshot)).toContain(left);

  const second = await tidy();
  expect(second.done).toEqual([left]);
  expect(await listSnapshots()).not.toContain(left);
});
