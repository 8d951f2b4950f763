/** The local AWS and a real machine: commands that run on it, and spot notices that it sees. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeInstancesCommand,
  EC2Client,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { type Cloud, startCloud } from '../../local/cloud';
import { describeAsRoot } from '../as-root';
import { prepareAccount } from './aws-fleet';
import { IMDS, readBase } from './machines-cloud';
import { until } from './until';

const MINUTES = 60_000;

describeAsRoot('a spot instance that is a machine', () => {
  let cloud: Cloud;
  let runDir: string;
  let ec2: EC2Client;
  let ssm: SSMClient;
  let id: string;
  beforeAll(async () => {
    runDir = mkdtempSync(join(tmpdir(), 'muster-commands-'));
    cloud = await startCloud({ runDir });
    const client = {
      endpoint: cloud.awsEndpointUrl,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
      maxAttempts: 1,
    };
    [ec2, ssm] = [new EC2Client(client), new SSMClient(client)];
    const { rootfs } = await readBase();
    const { ImageId } = await ec2.send(
      new RegisterImageCommand({
        Name: 'base',
        TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'local:rootfs', Value: rootfs }] }],
      }),
    );
    const { subnets } = await prepareAccount({ client });
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ImageId,
        MinCount: 1,
        MaxCount: 1,
        SubnetId: subnets.split(',')[0],
        InstanceMarketOptions: { MarketType: 'spot' },
      }),
    );
    id = Instances?.[0]?.InstanceId ?? '';
    await until(
      'up',
      () => run('systemctl', 'is-system-running').catch(String),
      (state) => /^(running|degraded)$/.test(state),
      120,
    );
  }, 5 * MINUTES);
  afterAll(async () => {
    await cloud?.stop();
    rmSync(runDir, { recursive: true, force: true });
  });

  const run = async (...command: string[]) => (await cloud.exec(id, command)).stdout.trim();
  const backDoor = (path: string, body: object) =>
    fetch(`${cloud.awsEndpointUrl}/_local/${path}`, { method: 'POST', body: JSON.stringify(body) });
  const ping = async () =>
    (await ssm.send(new DescribeInstanceInformationCommand({}))).InstanceInformationList?.[0]?.PingStatus;
  async function send(...commands: string[]) {
    const { Command } = await ssm.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: [id],
        Parameters: { commands },
      }),
    );
    const look = () =>
      ssm
        .send(new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId: id }))
        .catch((error) => ({ StatusDetails: error.name as string }));
    return (details: string) => until(details, look, ({ StatusDetails }) => StatusDetails === details);
  }

  test('is unknown to Systems Manager before its agent was seen', async () => {
    expect(await ping()).toBeUndefined();
    await expect(send('true')).rejects.toMatchObject({ name: 'InvalidInstanceId' });
  });

  test('runs commands as root when it has an agent', async () => {
    await run('systemd-run', '--unit=amazon-ssm-agent', 'sleep', 'infinity');
    await until('online', ping, (status) => status === 'Online');
    const gets = await send('id -un', 'hostname', 'echo oops >&2', 'exit 4');
    expect(await gets('Failed')).toMatchObject({
      ResponseCode: 4,
      StandardOutputContent: `root\n${await run('hostname')}\n`,
      StandardErrorContent: 'oops\n',
    });
  });

  test('ends a command whose time is up, on the clock of the cloud', async () => {
    const gets = await send('sleep 4242 & wait');
    await gets('InProgress');
    expect(await run('pgrep', '--full', 'sleep 4242')).not.toBe('');
    await backDoor('clock', { advanceSeconds: 3700 });
    await gets('ExecutionTimedOut');
    await until(
      'ended',
      () => run('pgrep', '--full', 'sleep 4242'),
      (pids) => pids === '',
    );
  });

  test('has lost its connection while its agent is stopped', async () => {
    await run('systemctl', 'stop', 'amazon-ssm-agent');
    await until('lost', ping, (status) => status === 'ConnectionLost');
    const gets = await send('true');
    await gets('Delayed');
    await run('systemd-run', '--unit=amazon-ssm-agent', 'sleep', 'infinity');
    await gets('Success');
  });

  test('sees the notice of its interruption, and is cut off at its deadline with what runs on it', async () => {
    const gets = await send('sleep infinity');
    await gets('InProgress');
    await backDoor(`instances/${id}/spot-notice`, { kind: 'interruption' });
    const script = `token=$(curl -sX PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' ${IMDS}/api/token)
      curl -s -H "X-aws-ec2-metadata-token: $token" ${IMDS}/meta-data/spot/instance-action`;
    expect(JSON.parse(await run('bash', '-c', script))).toMatchObject({ action: 'terminate' });
    await backDoor('clock', { advanceSeconds: 121 });
    const look = async () =>
      (await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).Reservations?.[0]?.Instances?.[0];
    const gone = await until('gone', look, (instance) => instance?.State?.Name === 'terminated');
    expect(gone?.StateReason?.Code).toBe('Server.SpotInstanceTermination');
    await gets('Failed');
  });
});
