/** A night, as a process against the local AWS: Packer is a stand-in, and the test plays the machines that prove images. */
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  DeleteLaunchTemplateCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import { CreateInstanceProfileCommand, IAMClient } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readParameter } from '../../scripts/promote-image';
import { type LocalAws, startLocalAws } from '../local/start-local-aws';
import { until } from '../local/until';
import { bakeAmi } from './bake-ami';
import { writeConfigDirectory } from './config-directory';
import { leaveManifest, makePacker } from './fake-packer';
import { runScript } from './run-script';
import { say } from './smoke/say';
import { writeTemporaryFile } from './temporary-file';

const LOG_GROUP = '/muster/dev/smoke';

let aws: LocalAws;
let ec2: EC2Client;
let logs: CloudWatchLogsClient;
let vpcId: string;
let subnetId: string;
beforeAll(async () => {
  aws = await startLocalAws();
  ec2 = new EC2Client(aws.client);
  logs = new CloudWatchLogsClient(aws.client);
  const { Vpcs } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
  );
  vpcId = Vpcs?.[0]?.VpcId ?? '';
  const { Subnets } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
  );
  subnetId = Subnets?.[0]?.SubnetId ?? '';
  await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'muster-dev-instances', Description: 'd', VpcId: vpcId }),
  );
  await new IAMClient(aws.client).send(
    new CreateInstanceProfileCommand({ InstanceProfileName: 'muster-dev-smoke' }),
  );
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  await ec2.send(new RegisterImageCommand({ Name: 'base-amd64-1', Architecture: 'x86_64' }));
});
afterAll(() => aws?.stop());

const readMachines = async (amiId: string, states: string[]) => {
  const Filters = [
    { Name: 'image-id', Values: [amiId] },
    { Name: 'instance-state-name', Values: states },
  ];
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
  return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId ?? ''));
};

/** What the machine that boots from this AMI will say of itself. */
async function playMachine(amiId: string, message: string): Promise<void> {
  const alive = () => readMachines(amiId, ['pending', 'running']);
  const [instanceId] = await until(`a machine of ${amiId}`, alive, (ids) => ids.length > 0, 150);
  await say(logs, instanceId ?? '', message);
}

const readPromoted = (image: string) =>
  readParameter(new SSMClient(aws.client), `/muster/dev/image/${image}`);

test('what proves itself is promoted, what does not is not, and the night fails with a summary', async () => {
  const bake = (image: string) => bakeAmi(ec2, { image, version: '20261121-030000' });
  const [sound, broken] = [await bake('runner'), await bake('broken')];
  const packer = makePacker(
    `case $PWD in *-runner) ${leaveManifest(sound)} ;; *-broken) ${leaveManifest(broken)} ;; *) exit 1 ;; esac`,
  );
  const night = runScript('nightly', {
    aws,
    variables: {
      PATH: `${packer}:${process.env.PATH}`,
      PINS: writeTemporaryFile('CIRCLECI_RUNNER_SHA256_amd64=0000\n'),
      MUSTER_CONFIG_DIR: writeConfigDirectory((raw) => {
        raw.nightly = { timeZone: 'Europe/Berlin' };
        raw.network = { kind: 'existing', vpcId, subnetIds: [subnetId] };
        const base = { owner: 'self', name: 'base-{arch}-*' };
        raw.images = {
          unbaked: { agents: ['circleci'], base },
          broken: { agents: ['circleci'], base },
          runner: { agents: ['circleci'], base },
        };
      }),
    },
  });
  const machines = Promise.all([
    playMachine(broken, 'muster-smoke: failed: no git'),
    playMachine(sound, 'muster-smoke: passed'),
  ]);
  const { status, output } = await night;
  await machines;
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('2 of 3 images') });
  expect(output).toMatch(/✖ unbaked: .*\n✖ broken: .*no git.*\n.*✔ runner: ami-/);
  expect([await readPromoted('runner'), await readPromoted('broken'), await readPromoted('unbaked')]).toEqual(
    [sound, undefined, undefined],
  );
  expect([...(await readMachines(sound, ['running'])), ...(await readMachines(broken, ['running']))]).toEqual(
    [],
  );
}, 240_000);

test('what did not prove itself is promoted by hand only when that is said', async () => {
  const amiId = await bakeAmi(ec2, { version: '20261120-030000' });
  const MUSTER_CONFIG_DIR = writeConfigDirectory((raw) => {
    raw.network = { kind: 'existing', vpcId, subnetIds: [subnetId] };
  });
  const promote = (variables: Record<string, string>) =>
    runScript('promote', { aws, variables: { MUSTER_CONFIG_DIR, AMI: amiId, ...variables } });
  const before = await readPromoted('runner');
  expect(await promote({})).toMatchObject({ status: 1, output: expect.stringContaining('PROOF=none') });
  expect(await readPromoted('runner')).toBe(before);
  expect(await promote({ PROOF: 'none' })).toMatchObject({ status: 0 });
  expect(await readPromoted('runner')).toBe(amiId);
  // The one that the night has proved.
  expect(await promote({ AMI: before ?? '' })).toMatchObject({ status: 0 });
});

test('a night needs the means to prove an image', async () => {
  const { status, output } = await runScript('nightly', {
    aws,
    variables: { MUSTER_CONFIG_DIR: writeConfigDirectory() },
  });
  expect({ status, output }).toMatchObject({
    status: 1,
    output: expect.stringContaining('cannot be proved'),
  });
});

test('a night bakes nothing that the deployed fleets could not boot', async () => {
  const UserData = Buffer.from('MUSTER_CONTRACT=1\n').toString('base64');
  const LaunchTemplateName = 'muster-dev-linux';
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: { UserData } }));
  const { status, output } = await runScript('nightly', {
    aws,
    variables: { MUSTER_CONFIG_DIR: writeConfigDirectory() },
  }).finally(() => ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName })));
  expect({ status, output }).toMatchObject({
    status: 1,
    output: expect.stringContaining(`${LaunchTemplateName} speaks 1`),
  });
});
