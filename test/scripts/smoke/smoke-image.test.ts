/** On the local AWS; the test plays the machine: what it says, and when it ends. */
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  EC2Client,
  RegisterImageCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateInstanceProfileCommand, IAMClient } from '@aws-sdk/client-iam';
import { readSmokeSetup, type SmokePlace } from '../../../scripts/smoke/read-smoke-place';
import { smokeImage } from '../../../scripts/smoke/smoke-image';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { makeConfig } from '../config';
import { withFault } from '../with-fault';
import { say } from './say';

const LOG_GROUP = '/muster/dev/smoke';
const config = makeConfig((raw) => {
  raw.nightly = { timeZone: 'Europe/Berlin' };
});

let aws: LocalAws;
let ec2: EC2Client;
let logs: CloudWatchLogsClient;
let amiId: string;
let place: SmokePlace;
beforeAll(async () => {
  aws = await startLocalAws();
  ec2 = new EC2Client(aws.client);
  logs = new CloudWatchLogsClient(aws.client);
  await new IAMClient(aws.client).send(
    new CreateInstanceProfileCommand({ InstanceProfileName: 'muster-dev-smoke' }),
  );
});
afterAll(() => aws?.stop());

test('before the deploy there is no place for it, and what is missing is said', async () => {
  const missing = async () => await readSmokeSetup({ ec2, logs }, config);
  expect(await missing()).toMatchObject({ kind: 'missing', why: expect.stringContaining(LOG_GROUP) });
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  expect(await missing()).toMatchObject({
    kind: 'missing',
    why: expect.stringContaining('muster-dev-instances'),
  });
});

test('after the deploy it is where the fleets are', async () => {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'muster-dev-instances', Description: 'd', VpcId }),
  );
  const subnets: string[] = [];
  for (const [nth, name] of [
    'muster-dev-public-0',
    'muster-dev-public-1',
    'muster-dev-private-0',
  ].entries()) {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: `10.9.${nth}.0/24`,
        TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'Name', Value: name }] }],
      }),
    );
    subnets.push(Subnet?.SubnetId ?? '');
  }
  const setup = await readSmokeSetup({ ec2, logs }, config);
  expect(setup).toEqual({
    kind: 'ready',
    securityGroupId: group.GroupId,
    subnetIds: expect.arrayContaining(subnets.slice(0, 2)),
    publicIp: true,
  });
  expect(setup.kind === 'ready' && setup.subnetIds).toHaveLength(2);
  if (setup.kind === 'ready') place = setup;
  amiId = (await ec2.send(new RegisterImageCommand({ Name: 'fresh', Architecture: 'x86_64' }))).ImageId ?? '';
});

const readMachines = async () => {
  const Filters = [{ Name: 'image-id', Values: [amiId] }];
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
};
const readAlive = async () => (await readMachines()).find(({ State }) => State?.Name === 'running');

/** What the machine does meanwhile: a step for each look, then nothing. Time goes by a minute a look. */
async function smoke(...steps: ((instanceId: string) => Promise<unknown>)[]) {
  let minutes = 0;
  const printed: string[] = [];
  const stopped = new AbortController();
  const run = smokeImage(
    { ec2, logs },
    {
      config,
      image: 'runner',
      amiId,
      place,
      makeToken: () => String(Math.random()),
      stopped: stopped.signal,
    },
    {
      now: () => minutes * 60_000,
      sleep: async () => {
        minutes += 1;
        await steps.shift()?.((await readAlive())?.InstanceId ?? '');
        if (steps.length === 0 && minutes === 5) stopped.abort('SIGINT');
      },
      print: (line) => printed.push(line),
    },
  );
  return {
    outcome: await run.then(
      () => 'passed',
      (error: Error) => error.message,
    ),
    printed,
    minutes: () => minutes,
  };
}

const says =
  (...messages: string[]) =>
  (instanceId: string) =>
    say(logs, instanceId, ...messages);
const end = (instanceId: string) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));

describe('the machine', () => {
  afterEach(async () => {
    expect(
      (await readMachines()).map(({ State }) => State?.Name).filter((name) => name !== 'terminated'),
    ).toEqual([]);
  });

  test('that says it passed has, and is ended', async () => {
    expect((await smoke(says('booting'), says('muster-smoke: passed'))).outcome).toBe('passed');
  });

  test('that says it failed has, with its reason and its last words', async () => {
    const { outcome } = await smoke(says('node: not found', 'muster-smoke: failed: no node'));
    expect(outcome).toMatch(/no node[\s\S]*node: not found/);
  });

  test('that ends without a word failed', async () => {
    expect((await smoke(says('booting'), end)).outcome).toMatch(/without a word[\s\S]*booting/);
  });

  test('that said it passed and ended at once passed', async () => {
    const both = async (id: string) => {
      await says('muster-smoke: passed')(id);
      await end(id);
    };
    expect((await smoke(both)).outcome).toBe('passed');
  });

  test('is ended when the operator stops', async () => {
    expect((await smoke()).outcome).toContain('SIGINT');
  });

  test('is like those of the fleets, and leaves nothing behind', async () => {
    await smoke(says('muster-smoke: passed'));
    const machine = (await readMachines()).at(-1);
    expect(machine).toMatchObject({
      SubnetId: place.subnetIds[0],
      Tags: expect.arrayContaining([{ Key: 'muster:environment', Value: 'dev' }]),
    });
  });
});

test('a zone without machines is passed over', async () => {
  const full = { status: 500, code: 'InsufficientInstanceCapacity', count: 1 };
  const { outcome } = await withFault(aws, { service: 'ec2', operation: 'RunInstances', ...full }, () =>
    smoke(says('muster-smoke: passed')),
  );
  expect(outcome).toBe('passed');
});

test('no machine at all is a failure', async () => {
  const { outcome } = await withFault(aws, { service: 'ec2', operation: 'RunInstances' }, () => smoke());
  expect(outcome).toMatch(/not promoted.*UnauthorizedOperation/);
});
