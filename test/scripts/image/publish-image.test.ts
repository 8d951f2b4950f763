/** Sharing and copying on the local AWS; what a promotion does to the fleets is in promote-image.test.ts. */
import {
  CreateLaunchTemplateCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
} from '@aws-sdk/client-ec2';
import { TAGS } from '../../../config/names';
import type { ImageClients } from '../../../scripts/image/clients';
import { IncompletePromotion } from '../../../scripts/image/incomplete-promotion';
import { publishImage } from '../../../scripts/image/publish-image';
import { readParameter } from '../../../scripts/promote-image';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { bakeAmi } from '../bake-ami';
import { makeConfig } from '../config';
import { withFault } from '../with-fault';
import { createImageClientsFor } from './image-clients';

const HOME = 'eu-central-1';
const FAR = 'us-east-1';
const OTHER = '111122223333';

let aws: LocalAws;
let clients: ImageClients;
beforeAll(async () => {
  aws = await startLocalAws();
  clients = createImageClientsFor(aws);
});
afterAll(() => aws?.stop());

let count = 0;
/** An environment of its own for each test. */
function makeEnvironment() {
  count += 1;
  const environment = `e${count}`;
  const config = makeConfig((raw) => {
    raw.organization = { kmsKeyArn: `arn:aws:kms:${HOME}:123456789012:key/1` };
    Object.assign(raw.images.runner, { keep: 2, shareWith: [OTHER], copyTo: [FAR] });
  });
  const bake = () => {
    count += 1;
    return bakeAmi(clients.ec2(HOME), { environment, version: String(count) });
  };
  const lines: string[] = [];
  const publish = (amiId: string) =>
    publishImage(
      clients,
      { config: { ...config, environment }, image: 'runner', amiId },
      { now: () => 0, sleep: async () => {}, print: (line) => lines.push(line) },
    );
  return { environment, bake, publish, lines };
}

const readShares = async (amiId: string) => {
  const { LaunchPermissions = [] } = await clients
    .ec2(HOME)
    .send(new DescribeImageAttributeCommand({ ImageId: amiId, Attribute: 'launchPermission' }));
  return LaunchPermissions.map(({ UserId }) => UserId);
};
const readCopies = async (amiId: string) => {
  const Filters = [{ Name: `tag:${TAGS.copyOf}`, Values: [amiId] }];
  const { Images = [] } = await clients
    .ec2(FAR)
    .send(new DescribeImagesCommand({ Owners: ['self'], Filters }));
  return Images;
};

test('the promoted image is shared and copied, with its tags', async () => {
  const { bake, publish, environment } = makeEnvironment();
  const amiId = await bake();
  await publish(amiId);
  expect(await readShares(amiId)).toEqual([OTHER]);
  const copies = await readCopies(amiId);
  expect(copies).toHaveLength(1);
  expect(copies[0]?.Tags).toEqual(expect.arrayContaining([{ Key: TAGS.environment, Value: environment }]));
});

test('promoting again shares and copies nothing again', async () => {
  const { bake, publish, lines } = makeEnvironment();
  const amiId = await bake();
  await publish(amiId);
  lines.length = 0;
  await publish(amiId);
  expect(await readCopies(amiId)).toHaveLength(1);
  expect(lines.filter((line) => line.includes('is shared'))).toEqual([]);
});

test('what is no longer within reach of a roll-back is shared no more', async () => {
  const { bake, publish } = makeEnvironment();
  const [oldest, before, now] = [await bake(), await bake(), await bake()];
  for (const amiId of [oldest, before, now]) await publish(amiId);
  expect([await readShares(oldest), await readShares(before), await readShares(now)]).toEqual([
    [],
    [OTHER],
    [OTHER],
  ]);
});

test('a copy that AWS refuses is told, all else is done, and a second run completes it', async () => {
  const { bake, publish, environment } = makeEnvironment();
  const amiId = await bake();
  const fault = { service: 'ec2', operation: 'CopyImage' };
  await expect(withFault(aws, fault, () => publish(amiId))).rejects.toThrow(
    /promoted, but[\s\S]*us-east-1: UnauthorizedOperation/,
  );
  expect(await readParameter(clients.ssm, `/muster/${environment}/image/runner`)).toBe(amiId);
  expect(await readShares(amiId)).toEqual([OTHER]);
  await publish(amiId);
  expect(await readCopies(amiId)).toHaveLength(1);
});

test('a launch template that AWS refuses is told, and the image is shared and copied all the same', async () => {
  const { bake, publish, environment } = makeEnvironment();
  const LaunchTemplateName = `muster-${environment}-linux`;
  const LaunchTemplateData = { ImageId: 'ami-0deployed' };
  await clients.ec2(HOME).send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData }));
  const amiId = await bake();
  const fault = { service: 'ec2', operation: 'CreateLaunchTemplateVersion' };
  const error = await withFault(aws, fault, () => publish(amiId)).catch((refused: Error) => refused);
  expect(error).toBeInstanceOf(IncompletePromotion);
  expect(error).toMatchObject({ message: expect.stringContaining(LaunchTemplateName) });
  expect(await readShares(amiId)).toEqual([OTHER]);
  expect(await readCopies(amiId)).toHaveLength(1);
});
