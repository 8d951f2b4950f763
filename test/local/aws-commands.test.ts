import { type EC2Client, RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CreateDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { prepareAccount } from './aws-fleet';
import { type LocalAws, startLocalAws } from './start-local-aws';
import { until } from './until';

const DOCUMENT = {
  schemaVersion: '2.2',
  description: 'Greets.',
  parameters: {
    name: { type: 'String', default: 'you', allowedPattern: '^[a-z]+$' },
    greeting: { type: 'String', default: 'hello' },
  },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'greet',
      inputs: { timeoutSeconds: '7200', runCommand: ['echo {{ greeting }} {{name}}'] },
    },
  ],
};

let aws: LocalAws;
let ssm: SSMClient;
let ec2: EC2Client;
let imageId: string;
beforeAll(async () => {
  aws = await startLocalAws();
  ssm = new SSMClient(aws.client);
  ({ ec2, imageId } = await prepareAccount(aws));
  await ssm.send(
    new CreateDocumentCommand({
      Name: 'greet',
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
      Content: JSON.stringify(DOCUMENT),
    }),
  );
});
afterAll(() => aws?.stop());

async function launch(): Promise<string> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: imageId, MinCount: 1, MaxCount: 1 }),
  );
  return Instances?.[0]?.InstanceId ?? '';
}
const advance = (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds });
const agent = (id: string, state: 'online' | 'lost' | 'never') =>
  aws.local('POST', `instances/${id}/agent`, { state });
const script = (instanceId: string, what: object) => aws.local('POST', 'scripts', { instanceId, ...what });

/** The command's record on the instance, now or when it has a status. */
async function send(instanceId: string, change: Partial<SendCommandCommandInput> = {}) {
  const { Command } = await ssm.send(
    new SendCommandCommand({ DocumentName: 'greet', InstanceIds: [instanceId], ...change }),
  );
  const CommandId = Command?.CommandId ?? '';
  const look = () =>
    ssm
      .send(new GetCommandInvocationCommand({ CommandId, InstanceId: instanceId }))
      .catch((error) => ({ Status: error.name as string, StatusDetails: error.name as string }));
  return {
    look,
    gets: (details: string) => until(details, look, ({ StatusDetails }) => StatusDetails === details),
  };
}

test('a command runs, and its output and times are there when it has ended', async () => {
  const id = await launch();
  await script(id, { seconds: 60, stdout: 'hello you\n', stderr: 'a warning\n' });
  const command = await send(id, { Comment: 'why not' });
  expect(await command.gets('InProgress')).toMatchObject({
    Status: 'InProgress',
    ResponseCode: -1,
    StandardOutputContent: '',
    ExecutionStartDateTime: expect.stringMatching(/Z$/),
    ExecutionEndDateTime: '',
  });
  await advance(60);
  expect(await command.look()).toMatchObject({
    InstanceId: id,
    Comment: 'why not',
    DocumentName: 'greet',
    PluginName: 'greet',
    Status: 'Success',
    StatusDetails: 'Success',
    ResponseCode: 0,
    StandardOutputContent: 'hello you\n',
    StandardErrorContent: 'a warning\n',
    ExecutionElapsedTime: expect.stringMatching(/^PT6\d\.\d+S$/),
  });
});

test('a script that fails fails its command', async () => {
  const id = await launch();
  await script(id, { code: 3 });
  expect(await (await send(id)).gets('Failed')).toMatchObject({ Status: 'Failed', ResponseCode: 3 });
});

test('a command may take hours, and ends at the limit of its step', async () => {
  const id = await launch();
  await script(id, { seconds: null });
  const command = await send(id);
  await command.gets('InProgress');
  await advance(7100);
  expect(await command.look()).toMatchObject({ Status: 'InProgress' });
  await advance(200);
  expect(await command.look()).toMatchObject({ Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut' });
});

test('it ends with its instance', async () => {
  const id = await launch();
  await script(id, { seconds: null });
  const command = await send(id);
  await command.gets('InProgress');
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  expect(await command.look()).toMatchObject({ Status: 'Failed', StatusDetails: 'Failed' });
});

test('commands are listed, the latest first', async () => {
  const id = await launch();
  await (await send(id, { Comment: 'first' })).gets('Success');
  await (await send(id, { Comment: 'second' })).gets('Success');
  const { CommandInvocations = [] } = await ssm.send(
    new ListCommandInvocationsCommand({ InstanceId: id, Details: true }),
  );
  expect(CommandInvocations).toMatchObject([
    { Comment: 'second', Status: 'Success', RequestedDateTime: expect.any(Date) },
    { Comment: 'first', Status: 'Success', CommandPlugins: [{ Name: 'greet', ResponseCode: 0 }] },
  ]);
});

test('the document of AWS for shell commands is there', async () => {
  const id = await launch();
  const Parameters = { commands: ['true'], executionTimeout: ['60'] };
  await script(id, { seconds: 100 });
  const command = await send(id, { DocumentName: 'AWS-RunShellScript', Parameters });
  await command.gets('InProgress');
  await advance(61);
  await command.gets('ExecutionTimedOut');
});

describe('an agent that does not answer', () => {
  afterEach(() => aws.local('PUT', 'options', { unreachableAgent: 'delayed' }));

  test('gets its command when it answers again', async () => {
    const id = await launch();
    await agent(id, 'lost');
    const command = await send(id);
    expect(await command.gets('Delayed')).toMatchObject({ Status: 'Pending', ResponseCode: -1 });
    await agent(id, 'online');
    await advance(10);
    await command.gets('Success');
  });

  test('gets none after the limit of its delivery, which then times out', async () => {
    const id = await launch();
    await agent(id, 'lost');
    const command = await send(id, { TimeoutSeconds: 30 });
    await command.gets('Delayed');
    await advance(40);
    await agent(id, 'online');
    await advance(7000);
    expect(await command.look()).toMatchObject({ Status: 'Pending', StatusDetails: 'Delayed' });
    await advance(300);
    expect(await command.look()).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' });
  });

  test('cannot be delivered to, where AWS answers so', async () => {
    const id = await launch();
    await agent(id, 'lost');
    await aws.local('PUT', 'options', { unreachableAgent: 'undeliverable' });
    const command = await send(id);
    expect(await command.gets('Undeliverable')).toMatchObject({ Status: 'Failed', ResponseCode: -1 });
  });

  test('is refused, where AWS answers so', async () => {
    const id = await launch();
    await agent(id, 'lost');
    await aws.local('PUT', 'options', { unreachableAgent: 'refused' });
    await expect(send(id)).rejects.toMatchObject({ name: 'InvalidInstanceId' });
  });
});

describe('a command is refused', () => {
  test('for an instance that is not there', async () => {
    await expect(send('i-0123456789abcdef0')).rejects.toMatchObject({ name: 'InvalidInstanceId' });
  });

  test('for an instance whose agent was never seen', async () => {
    const id = await launch();
    await agent(id, 'never');
    await expect(send(id)).rejects.toMatchObject({ name: 'InvalidInstanceId' });
  });

  test('for an instance that is terminated', async () => {
    const id = await launch();
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await expect(send(id)).rejects.toMatchObject({ name: 'InvalidInstanceId' });
  });

  test.each([
    ['with an unknown document', { DocumentName: 'curse' }, 'InvalidDocument'],
    ['with an unknown parameter', { Parameters: { nmae: ['you'] } }, 'InvalidParameters'],
    ['with a value that does not fit', { Parameters: { name: ['$(reboot)'] } }, 'InvalidParameters'],
    ['with too short a time for its delivery', { TimeoutSeconds: 29 }, 'ValidationException'],
    ['without an instance', { InstanceIds: [] }, 'ValidationException'],
  ])('%s', async (_, change, name) => {
    await expect(send(await launch(), change)).rejects.toMatchObject({ name });
  });
});

test('instances are known with the state of their connection', async () => {
  const [online, lost, never, gone] = [await launch(), await launch(), await launch(), await launch()];
  await agent(lost, 'lost');
  await agent(never, 'never');
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [gone] }));
  const { InstanceInformationList = [] } = await ssm.send(
    new DescribeInstanceInformationCommand({
      Filters: [{ Key: 'InstanceIds', Values: [online, lost, never, gone] }],
    }),
  );
  expect(InstanceInformationList).toMatchObject([
    { InstanceId: online, PingStatus: 'Online', LastPingDateTime: expect.any(Date) },
    { InstanceId: lost, PingStatus: 'ConnectionLost' },
  ]);
});
