import {
  CreateLaunchTemplateCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { GetParameterHistoryCommand, SSMClient } from '@aws-sdk/client-ssm';
import { verifyTemplateContract } from '../../scripts/checks/verify-template-contract';
import { promoteImage, readParameter } from '../../scripts/promote-image';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { type LocalAws, startLocalAws } from '../local/start-local-aws';
import { bakeAmi } from './bake-ami';
import { makeConfig } from './config';
import { withFault } from './with-fault';

let aws: LocalAws;
let clients: { ec2: EC2Client; ssm: SSMClient };
beforeAll(async () => {
  aws = await startLocalAws();
  clients = { ec2: new EC2Client(aws.client), ssm: new SSMClient(aws.client) };
});
afterAll(() => aws?.stop());

let count = 0;
/** An environment of its own for each test, with two fleets that share an image. */
function makeEnvironment() {
  count += 1;
  const config = makeConfig((raw) => {
    raw.fleets.push({ ...raw.fleets[0], name: 'second', resourceClass: 'acme/second' });
  });
  return { ...config, environment: `e${count}` };
}

async function registerAmi(environment: string, tags: Record<string, string> = {}): Promise<string> {
  count += 1;
  return bakeAmi(clients.ec2, { environment, version: String(count), tags });
}

const deployTemplates = async (environment: string, ...fleets: string[]): Promise<void> => {
  for (const fleet of fleets) await deployTemplate(environment, fleet);
};

async function deployTemplate(environment: string, fleet: string, contract = BOOT_CONTRACT): Promise<void> {
  const UserData = Buffer.from(`MUSTER_CONTRACT=${contract}\nMUSTER_FLEET=${fleet}\n`).toString('base64');
  await clients.ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: `muster-${environment}-${fleet}`,
      LaunchTemplateData: { ImageId: 'ami-0deployed', InstanceType: 'm7i.large', UserData },
    }),
  );
}

async function readVersions(environment: string, fleet: string) {
  const answer = await clients.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: `muster-${environment}-${fleet}` }),
  );
  const byNumber = (answer.LaunchTemplateVersions ?? []).sort(
    (a, b) => (a.VersionNumber ?? 0) - (b.VersionNumber ?? 0),
  );
  return byNumber.map((version) => ({
    image: version.LaunchTemplateData?.ImageId,
    type: version.LaunchTemplateData?.InstanceType,
    description: version.VersionDescription,
  }));
}

const promote = (config: ReturnType<typeof makeEnvironment>, amiId: string, lines: string[] = []) =>
  promoteImage(clients, { config, image: 'runner', amiId, print: (line) => lines.push(line) });

test('before the first deploy only the parameter is written', async () => {
  const config = makeEnvironment();
  const amiId = await registerAmi(config.environment);
  await promote(config, amiId);
  expect(await readParameter(clients.ssm, `/muster/${config.environment}/image/runner`)).toBe(amiId);
});

test('the next instance of each fleet boots from the image, and nothing else about it changes', async () => {
  const config = makeEnvironment();
  await deployTemplates(config.environment, 'linux', 'second');
  const amiId = await registerAmi(config.environment);
  await promote(config, amiId);
  for (const fleet of ['linux', 'second']) {
    expect((await readVersions(config.environment, fleet)).at(-1)).toEqual({
      image: amiId,
      type: 'm7i.large',
      description: `promoted ${amiId}`,
    });
  }
});

test('a fleet that still speaks another contract launches what it had, and the deploy takes the image', async () => {
  const config = makeEnvironment();
  await deployTemplate(config.environment, 'linux', BOOT_CONTRACT - 1);
  await deployTemplates(config.environment, 'second');
  const amiId = await registerAmi(config.environment);
  const lines: string[] = [];
  await promote(config, amiId, lines);
  expect((await readVersions(config.environment, 'linux')).at(-1)).toMatchObject({ image: 'ami-0deployed' });
  expect((await readVersions(config.environment, 'second')).at(-1)).toMatchObject({ image: amiId });
  expect(await readParameter(clients.ssm, `/muster/${config.environment}/image/runner`)).toBe(amiId);
  expect(lines.join('\n')).toMatch(new RegExp(`-linux: speaks contract ${BOOT_CONTRACT - 1}, .*make deploy`));
});

test('nothing is baked at night for a fleet that speaks another contract', async () => {
  const config = makeEnvironment();
  const verify = () => verifyTemplateContract(clients.ec2, config, 'runner');
  await deployTemplates(config.environment, 'linux');
  await expect(verify()).resolves.toContain(String(BOOT_CONTRACT));
  await deployTemplate(config.environment, 'second', BOOT_CONTRACT - 1);
  await expect(verify()).rejects.toThrow(new RegExp(`-second speaks ${BOOT_CONTRACT - 1}.*Deploy first`));
});

test('promoting twice changes nothing the second time', async () => {
  const config = makeEnvironment();
  await deployTemplates(config.environment, 'linux', 'second');
  const amiId = await registerAmi(config.environment);
  await promote(config, amiId);
  await promote(config, amiId);
  expect(await readVersions(config.environment, 'linux')).toHaveLength(2);
  const Name = `/muster/${config.environment}/image/runner`;
  const history = await clients.ssm.send(new GetParameterHistoryCommand({ Name }));
  expect(history.Parameters).toHaveLength(1);
});

test('promoting the previous image rolls back', async () => {
  const config = makeEnvironment();
  await deployTemplates(config.environment, 'linux', 'second');
  const [before, after] = [await registerAmi(config.environment), await registerAmi(config.environment)];
  for (const amiId of [before, after, before]) await promote(config, amiId);
  expect((await readVersions(config.environment, 'linux')).at(-1)).toMatchObject({ image: before });
  expect(await readParameter(clients.ssm, `/muster/${config.environment}/image/runner`)).toBe(before);
});

test.each([
  ['another contract', { 'muster:contract': '99' }],
  ['another image', { 'muster:image': 'other' }],
  ['another environment', { 'muster:environment': 'prd' }],
])('an AMI of %s is refused and nothing changes', async (_case, tags) => {
  const config = makeEnvironment();
  await deployTemplates(config.environment, 'linux');
  const amiId = await registerAmi(config.environment, tags);
  await expect(promote(config, amiId)).rejects.toThrow(amiId);
  expect(await readParameter(clients.ssm, `/muster/${config.environment}/image/runner`)).toBeUndefined();
  expect(await readVersions(config.environment, 'linux')).toHaveLength(1);
});

test('an AMI that does not exist is refused', async () => {
  await expect(promote(makeEnvironment(), 'ami-0123456789abcdef0')).rejects.toThrow(/does not exist/);
});

test('a template that cannot be written is told, the others are done, and a second run completes it', async () => {
  const config = makeEnvironment();
  await deployTemplates(config.environment, 'linux', 'second');
  const amiId = await registerAmi(config.environment);
  const fault = {
    ...{ service: 'ec2', operation: 'CreateLaunchTemplateVersion' },
    resource: `muster-${config.environment}-linux`,
  };
  const { groups, failures } = await withFault(aws, fault, () => promote(config, amiId));
  expect(failures.join()).toMatch(new RegExp(`muster-${config.environment}-linux .*UnauthorizedOperation`));
  expect(groups).toEqual(['second']);
  expect((await readVersions(config.environment, 'second')).at(-1)).toMatchObject({ image: amiId });

  await promote(config, amiId);
  expect((await readVersions(config.environment, 'linux')).at(-1)).toMatchObject({ image: amiId });
});
