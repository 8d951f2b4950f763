import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { CreateScheduleCommand, DeleteScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { CloudEvent } from './aws-fleet';
import { type Functions, prepareFunctions, zip } from './aws-functions';
import { type LocalAws, startLocalAws } from './start-local-aws';
import { until } from './until';

/** Through which a test and its functions tell each other things. */
const folder = mkdtempSync(join(tmpdir(), 'muster-functions-'));
let aws: LocalAws;
let lambda: LambdaClient;
let roleArn: string;
let makeFunction: Functions['make'];
let linesOf: Functions['linesOf'];

beforeAll(async () => {
  aws = await startLocalAws({ MUSTER_LOCAL_MINUTE_SECONDS: '0.5' });
  ({ lambda, roleArn, make: makeFunction, linesOf } = await prepareFunctions(aws));
});
afterAll(async () => {
  await aws?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function invoke(name: string, payload: unknown = {}) {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(payload)) }),
  );
  return {
    error: answer.FunctionError,
    result: JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null'),
  };
}

const eventsOf = async (name: string, event: string) => {
  const { events } = await aws.local<{ events: CloudEvent[] }>('GET', 'events?since=0');
  return events.filter((entry) => entry.event === event && entry.detail.function === name);
};

test('a function runs with its event, its environment and the name it has on AWS', async () => {
  const { name } = await makeFunction(
    `exports.handler = async (event, context) => ({ event, mine: process.env.MINE,
       name: context.functionName, region: process.env.AWS_REGION, endpoint: process.env.AWS_ENDPOINT_URL,
       left: context.getRemainingTimeInMillis() });`,
    { Environment: { Variables: { MINE: 'yes' } } },
  );
  const { result } = await invoke(name, { a: 1 });
  expect(result).toMatchObject({
    event: { a: 1 },
    mine: 'yes',
    name,
    region: 'eu-central-1',
    endpoint: aws.url,
  });
  expect(result.left).toBeGreaterThan(30_000);
  expect(result.left).toBeLessThanOrEqual(60_000);
});

test('its clock moves with that of the local AWS, and its time left does not', async () => {
  const { name } = await makeFunction(
    `exports.handler = async (_, context) => ({ now: Date.now(), date: new Date().getTime(),
       left: context.getRemainingTimeInMillis(), keys: Object.keys(process.env) });`,
  );
  const { result: before } = await invoke(name);
  await aws.local('POST', 'clock', { advanceSeconds: 5 * 3600 });
  const { result: after } = await invoke(name);
  expect(after.now - before.now).toBeGreaterThanOrEqual(5 * 3_600_000);
  expect(Math.abs(after.date - after.now)).toBeLessThan(60_000);
  expect(after.left).toBeGreaterThan(30_000);
  expect(after.keys).not.toContain('LOCAL_CLOCK_FILE');
  expect((await linesOf(name)).filter((line) => line.startsWith('END'))).toHaveLength(2);
});

test('its environment is kept warm, and ends with a change of the code', async () => {
  const { name } = await makeFunction('let n = 0; exports.handler = async () => ++n;');
  expect([(await invoke(name)).result, (await invoke(name)).result]).toEqual([1, 2]);
  await lambda.send(
    new UpdateFunctionCodeCommand({
      FunctionName: name,
      ZipFile: zip('exports.handler = async () => "new";'),
    }),
  );
  expect((await invoke(name)).result).toBe('new');
});

test('two invocations at once get an environment each', async () => {
  // Each ends when it has seen the other begin.
  const { name } = await makeFunction(
    `const { readdirSync, writeFileSync } = require('node:fs');
     exports.handler = async () => {
       writeFileSync('${folder}/begun-' + process.pid, '');
       while (readdirSync('${folder}').filter((file) => file.startsWith('begun-')).length < 2)
         await new Promise((resolve) => setTimeout(resolve, 50));
       return process.pid;
     };`,
  );
  const [one, two] = await Promise.all([invoke(name), invoke(name)]);
  expect([one.error, two.error]).toEqual([undefined, undefined]);
  expect(one.result).not.toBe(two.result);
});

test('an error comes back as a function error, and is in the log', async () => {
  const { name } = await makeFunction('exports.handler = async () => { throw new TypeError("no queue"); };');
  const { error, result } = await invoke(name);
  expect(error).toBe('Unhandled');
  expect(result).toMatchObject({ errorType: 'TypeError', errorMessage: 'no queue' });
  expect((await linesOf(name)).join('\n')).toContain('no queue');
});

test('a handler that cannot be loaded is an error, not a hang', async () => {
  const { name } = await makeFunction('throw new Error("no settings");');
  expect(await invoke(name)).toMatchObject({
    error: expect.anything(),
    result: { errorMessage: 'no settings' },
  });
});

test('a function that takes longer than its timeout is killed', async () => {
  const { name } = await makeFunction(
    'exports.handler = () => new Promise(() => setInterval(() => {}, 1000));',
    {
      Timeout: 1,
    },
  );
  const { error, result } = await invoke(name);
  expect(error).toBe('Unhandled');
  expect(result.errorMessage).toContain('Task timed out after 1.00 seconds');
});

test('the log has START, what was printed, END and REPORT, in this order', async () => {
  const { name } = await makeFunction('exports.handler = async () => { console.log("grow to 3"); };');
  await invoke(name);
  const kinds = (await linesOf(name)).map((line) => /START|grow to 3|END|REPORT/.exec(line)?.[0]);
  expect(kinds).toEqual(['START', 'grow to 3', 'END', 'REPORT']);
});

test('a line in embedded metric format becomes metrics', async () => {
  const { name } = await makeFunction(
    `exports.handler = async () => process.stdout.write(JSON.stringify({ _aws: { Timestamp: Date.now(),
       CloudWatchMetrics: [{ Namespace: 'Muster', Dimensions: [['Fleet']],
         Metrics: [{ Name: 'Queued', Unit: 'Count' }] }] }, Fleet: 'linux', Queued: 7 }) + '\\n') && null;`,
  );
  await invoke(name);
  const found = await new CloudWatchClient(aws.client).send(new ListMetricsCommand({ Namespace: 'Muster' }));
  expect(found.Metrics).toEqual([
    expect.objectContaining({ MetricName: 'Queued', Dimensions: [{ Name: 'Fleet', Value: 'linux' }] }),
  ]);
});

test('its calls are those of its role', async () => {
  const { name } = await makeFunction(
    `exports.handler = () => fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST',
       headers: { authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID +
         '/20260101/eu-central-1/autoscaling/aws4_request, SignedHeaders=host, Signature=0',
         'content-type': 'application/x-www-form-urlencoded' },
       body: 'Action=DescribeAutoScalingGroups&Version=2011-01-01' }).then((answer) => answer.status);`,
  );
  expect((await invoke(name)).result).toBe(200);
  const { calls } = await aws.local<{ calls: object[] }>('GET', 'calls?since=0');
  expect(calls).toContainEqual(
    expect.objectContaining({
      principal: 'scaler',
      service: 'autoscaling',
      operation: 'DescribeAutoScalingGroups',
      status: 200,
    }),
  );
});

describe('asynchronous invocation', () => {
  const later = (name: string) =>
    lambda.send(
      new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: Buffer.from('{}') }),
    );
  const failing = 'exports.handler = async () => { throw new Error("always"); };';

  test('it does not wait for the function', async () => {
    const { name } = await makeFunction(
      `exports.handler = async () => {
         while (!require('node:fs').existsSync('${folder}/may-end'))
           await new Promise((resolve) => setTimeout(resolve, 50));
       };`,
    );
    await later(name);
    expect(await eventsOf(name, 'lambda-invoked')).toEqual([]);
    writeFileSync(join(folder, 'may-end'), '');
    await until(
      'invoked',
      () => eventsOf(name, 'lambda-invoked'),
      (events) => events.length === 1,
    );
  });

  test('a failure is tried twice more', async () => {
    const { name } = await makeFunction(failing);
    expect((await later(name)).StatusCode).toBe(202);
    await until(
      'dropped',
      () => eventsOf(name, 'lambda-event-dropped'),
      (events) => events.length > 0,
    );
    expect(await eventsOf(name, 'lambda-invoked')).toHaveLength(3);
  });

  test('with retries 0 it is not', async () => {
    const { name } = await makeFunction(failing);
    for (const MaximumRetryAttempts of [1, 0])
      await lambda.send(
        new PutFunctionEventInvokeConfigCommand({ FunctionName: name, MaximumRetryAttempts }),
      );
    const kept = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: name }));
    expect(kept.MaximumRetryAttempts).toBe(0);
    await later(name);
    await until(
      'dropped',
      () => eventsOf(name, 'lambda-event-dropped'),
      (events) => events.length > 0,
    );
    expect(await eventsOf(name, 'lambda-invoked')).toHaveLength(1);
  });
});

describe('function URLs', () => {
  const opened = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'];
  async function makeUrl(source: string, { AuthType = 'NONE' as 'NONE' | 'AWS_IAM', open = opened } = {}) {
    const { name } = await makeFunction(source);
    const made = await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: name, AuthType }));
    for (const [index, Action] of open.entries())
      await lambda.send(
        new AddPermissionCommand({ FunctionName: name, StatementId: `open${index}`, Action, Principal: '*' }),
      );
    expect(made.FunctionUrl).toBe(`${aws.url}/_url/${name}/`);
    return made.FunctionUrl ?? '';
  }
  const echo = 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });';

  test('a request is an event in payload format 2.0', async () => {
    const url = await makeUrl(echo);
    const response = await fetch(`${url}hooks/gitlab?a=1&b=2&a=3`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Gitlab-Token': 'said' },
      body: '{"object_kind":"build"}',
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      version: '2.0',
      rawPath: '/hooks/gitlab',
      rawQueryString: 'a=1&b=2&a=3',
      queryStringParameters: { a: '1,3', b: '2' },
      headers: { 'x-gitlab-token': 'said', 'content-type': 'application/json' },
      requestContext: { http: { method: 'POST', path: '/hooks/gitlab', sourceIp: '127.0.0.1' } },
      body: '{"object_kind":"build"}',
      isBase64Encoded: false,
    });
  });

  test('a body that is no text comes in base64', async () => {
    const response = await fetch(await makeUrl(echo), { method: 'POST', body: new Uint8Array([255, 0]) });
    expect(await response.json()).toMatchObject({ body: '/wA=', isBase64Encoded: true });
  });

  test('the result is the answer', async () => {
    const source =
      'exports.handler = async () => ({ statusCode: 403, headers: { "x-why": "secret" }, body: "no" });';
    const response = await fetch(await makeUrl(source));
    expect([response.status, response.headers.get('x-why'), await response.text()]).toEqual([
      403,
      'secret',
      'no',
    ]);
  });

  test('a function that fails is a bad gateway', async () => {
    const url = await makeUrl('exports.handler = async () => { throw new Error("secret detail"); };');
    const response = await fetch(url);
    expect(response.status).toBe(502);
    expect(await response.text()).not.toContain('secret detail');
  });

  test.each([
    ['of type AWS_IAM', { AuthType: 'AWS_IAM' as const }],
    ['that no policy opens', { open: [] }],
    ['whose policy lacks the function itself', { open: opened.slice(0, 1) }],
  ])('one %s is forbidden to those who do not sign', async (_, how) => {
    expect((await fetch(await makeUrl(echo, how))).status).toBe(403);
  });

  test('a function without one is not found', async () => {
    const { name } = await makeFunction(echo);
    expect((await fetch(`${aws.url}/_url/${name}/`)).status).toBe(404);
  });
});

describe('schedules', () => {
  test('a rate fires until the schedule is deleted', async () => {
    const { name, arn } = await makeFunction('exports.handler = async (event) => console.log(event.why);');
    const scheduler = new SchedulerClient(aws.client);
    await scheduler.send(
      new CreateScheduleCommand({
        Name: name,
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: arn, RoleArn: roleArn, Input: '{"why":"tick"}' },
      }),
    );
    await until(
      'two ticks',
      () => eventsOf(name, 'lambda-invoked'),
      (events) => events.length >= 2,
    );
    expect((await linesOf(name)).join('\n')).toContain('tick');
    await scheduler.send(new DeleteScheduleCommand({ Name: name }));
    const before = (await eventsOf(name, 'lambda-invoked')).length;
    await aws.local('POST', 'clock', { advanceSeconds: 5 });
    // One that had begun may still end.
    expect((await eventsOf(name, 'lambda-invoked')).length).toBeLessThanOrEqual(before + 1);
  });

  test('a cron expression fires in its time zone', async () => {
    const { name, arn } = await makeFunction('exports.handler = async () => {};');
    await new SchedulerClient(aws.client).send(
      new CreateScheduleCommand({
        Name: name,
        ScheduleExpression: 'cron(30 6 ? * MON-FRI *)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: arn, RoleArn: roleArn },
      }),
    );
    await aws.local('POST', 'clock', { advanceSeconds: 4 * 86_400 });
    await until(
      'invoked',
      () => eventsOf(name, 'lambda-invoked'),
      (events) => events.length > 0,
    );
  });
});

test('a deleted function is gone, with its processes', async () => {
  const { name } = await makeFunction('exports.handler = async () => process.pid;');
  const { result: pid } = await invoke(name);
  await lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
  await until(
    'ended',
    async () => isAlive(pid),
    (alive) => !alive,
  );
  await expect(invoke(name)).rejects.toThrow('Function not found');
});

test('nothing is left behind when the local AWS ends', async () => {
  const other = await startLocalAws();
  let pid = 0;
  try {
    const role = await new IAMClient(other.client).send(
      new CreateRoleCommand({ RoleName: 'warm', AssumeRolePolicyDocument: '{}' }),
    );
    const client = new LambdaClient(other.client);
    await client.send(
      new CreateFunctionCommand({
        FunctionName: 'warm',
        Role: role.Role?.Arn,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: zip('exports.handler = async () => process.pid;') },
      }),
    );
    const answer = await client.send(new InvokeCommand({ FunctionName: 'warm' }));
    pid = Number(Buffer.from(answer.Payload ?? []).toString());
    expect(isAlive(pid)).toBe(true);
  } finally {
    await other.stop();
  }
  await until(
    'ended',
    async () => isAlive(pid),
    (alive) => !alive,
  );
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
