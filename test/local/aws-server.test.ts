import { ExecutePolicyCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type Account, deleteFleets, makeFleet } from './aws-fleet';
import { type MachinesDaemon, startAwsWithMachines } from './aws-machines-daemon';
import type { LocalAws } from './start-local-aws';
import { until } from './until';

let aws: LocalAws;
let account: Account;
let daemon: MachinesDaemon;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ aws, account, daemon, stop } = await startAwsWithMachines());
});
afterEach(() => deleteFleets(account));
afterAll(() => stop?.());

const advance = (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds });
const stopped = (id: string | undefined) =>
  aws.local('POST', `instances/${id}/stopped`, { reason: 'powered off' });
const stateOf = async (id: string | undefined) => {
  const answer = await account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id ?? ''] }));
  return answer.Reservations?.[0]?.Instances?.[0]?.State?.Name;
};

describe('machines', () => {
  test('a launched instance is booted with its whole record', async () => {
    const fleet = await makeFleet(aws, account, { DesiredCapacity: 1 });
    const [instance] = await fleet.instances();
    const [launch] = await until(
      'launch',
      daemon.sentTo('/launch', instance?.InstanceId),
      (all) => all.length > 0,
    );
    expect(launch?.body).toMatchObject({
      group: fleet.name,
      userData: 'MUSTER_FLEET=linux\n',
      imageTags: { 'local:rootfs': '/rootfs' },
      roleArn: expect.stringContaining('fleet-instance'),
      tags: { 'muster:fleet': 'linux' },
    });
  });

  test('one that terminates is shutting down until its machine is off', async () => {
    const fleet = await makeFleet(aws, account);
    const [instance] = await fleet.fill(1);
    await fleet.desire(0);
    await fleet.complete(instance, 'terminating');
    await until('told', daemon.sentTo('/terminate', instance?.InstanceId), (all) => all.length === 1);
    expect(await stateOf(instance?.InstanceId)).toBe('shutting-down');
    expect(await fleet.states()).toEqual(['Terminating:Proceed']);
    await stopped(instance?.InstanceId);
    await stopped(instance?.InstanceId);
    expect(await stateOf(instance?.InstanceId)).toBe('terminated');
    expect(await fleet.instances()).toEqual([]);
    expect(await aws.local('GET', `instances/${instance?.InstanceId}`)).toMatchObject({
      state: 'terminated',
      group: null,
    });
  });

  test('one whose machine stops by itself is terminated, and replaced', async () => {
    const fleet = await makeFleet(aws, account);
    const [instance] = await fleet.fill(1);
    await stopped(instance?.InstanceId);
    expect(await stateOf(instance?.InstanceId)).toBe('terminated');
    await advance(2);
    expect(await fleet.states()).toEqual(['Pending:Wait']);
    expect((await fleet.group()).DesiredCapacity).toBe(1);
    expect((await fleet.activities()).map((activity) => activity.Cause).join()).toContain('EC2 health check');
  });

  test('its address is not given to the next one', async () => {
    const fleet = await makeFleet(aws, account);
    const [one] = await fleet.fill(1);
    const addressOf = async (id: string | undefined) =>
      (await aws.local<{ privateIp: string }>('GET', `instances/${id}`)).privateIp;
    const address = await addressOf(one?.InstanceId);
    await stopped(one?.InstanceId);
    await advance(2);
    const [two] = await fleet.instances();
    expect(await addressOf(two?.InstanceId)).not.toBe(address);
  });

  test('one that never got into service is replaced with a pause', async () => {
    const fleet = await makeFleet(aws, account, { DesiredCapacity: 1 });
    const [instance] = await fleet.instances();
    await stopped(instance?.InstanceId);
    await advance(2);
    expect(await fleet.instances()).toEqual([]);
    await advance(2);
    expect(await fleet.states()).toEqual(['Pending:Wait']);
  });

  test('one that the operator terminates is replaced', async () => {
    const fleet = await makeFleet(aws, account);
    const [instance] = await fleet.fill(1);
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance?.InstanceId ?? ''] }));
    await until('told', daemon.sentTo('/terminate', instance?.InstanceId), (all) => all.length === 1);
    await stopped(instance?.InstanceId);
    await advance(2);
    expect(await fleet.states()).toEqual(['Pending:Wait']);
  });
});

describe('faults', () => {
  const throttle = {
    service: 'autoscaling',
    operation: 'SetDesiredCapacity',
    status: 400,
    code: 'Throttling',
    message: 'Rate exceeded',
  };

  test('one fails as many calls as it says', async () => {
    const fleet = await makeFleet(aws, account);
    await aws.local('POST', 'faults', { ...throttle, count: 2 });
    for (const _ of [1, 2])
      await expect(fleet.desire(1)).rejects.toMatchObject({ name: 'Throttling', message: 'Rate exceeded' });
    await fleet.desire(1);
  });

  test('one fails the calls about one resource until it is deleted', async () => {
    const [one, two] = [await makeFleet(aws, account), await makeFleet(aws, account)];
    const { id } = await aws.local<{ id: number }>('POST', 'faults', { ...throttle, resource: one.name });
    await expect(one.desire(1)).rejects.toThrow('Rate exceeded');
    await two.desire(1);
    await aws.local('DELETE', `faults/${id}`);
    await one.desire(1);
  });

  test('one speaks the protocol of its service', async () => {
    await aws.local('POST', 'faults', {
      service: 'secretsmanager',
      status: 503,
      code: 'ServiceUnavailable',
      message: 'Come back later',
      count: 1,
    });
    const client = new SecretsManagerClient(aws.client);
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'x' }))).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: 'Come back later',
    });
  });
});

describe('calls', () => {
  test('are logged with the role that made them', async () => {
    const operator = new STSClient(aws.client);
    const { Credentials } = await operator.send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::123456789012:role/fleet-instance',
        RoleSessionName: 'i-1',
      }),
    );
    const secrets = new SecretsManagerClient({
      ...aws.client,
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      },
    });
    const { next } = await aws.local<{ next: number }>('GET', 'calls?since=0');
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toThrow();
    await expect(
      account.autoScaling.send(new ExecutePolicyCommand({ AutoScalingGroupName: 'x', PolicyName: 'x' })),
    ).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
    const { calls } = await aws.local<{ calls: object[] }>('GET', `calls?since=${next}`);
    expect(calls).toMatchObject([
      {
        principal: 'fleet-instance',
        service: 'secretsmanager',
        operation: 'GetSecretValue',
        status: 400,
        code: 'ResourceNotFoundException',
      },
      { principal: 'operator', operation: 'ExecutePolicy', status: 501, code: 'NotImplemented' },
    ]);
  });
});

describe('what moto brings', () => {
  test('a secret without a value is not found', async () => {
    const secrets = new SecretsManagerClient(aws.client);
    await secrets.send(new CreateSecretCommand({ Name: 'muster/dev/token' }));
    await expect(
      secrets.send(new GetSecretValueCommand({ SecretId: 'muster/dev/token' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('parameters are found by path', async () => {
    const ssm = new SSMClient(aws.client);
    await ssm.send(
      new PutParameterCommand({ Name: '/muster/dev/image/linux', Value: 'ami-1', Type: 'String' }),
    );
    const found = await ssm.send(new GetParametersByPathCommand({ Path: '/muster/dev', Recursive: true }));
    expect(found.Parameters?.map((parameter) => parameter.Name)).toEqual(['/muster/dev/image/linux']);
  });
});
