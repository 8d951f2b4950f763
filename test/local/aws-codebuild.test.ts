import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { zipSync } from 'fflate';
import { callAws, putObject } from './call-aws';
import { type LocalAws, startLocalAws } from './start-local-aws';
import { until } from './until';

interface Build {
  id: string;
  buildNumber: number;
  buildStatus: string;
  buildComplete: boolean;
  phases: { phaseType: string; phaseStatus?: string; contexts?: { message: string }[] }[];
  logs: { groupName: string; streamName: string };
}

let aws: LocalAws;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-codebuild-'));
  aws = await startLocalAws();
  await new IAMClient(aws.client).send(
    new CreateRoleCommand({ RoleName: 'builder', AssumeRolePolicyDocument: '{}' }),
  );
});
afterAll(async () => {
  await aws?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const call = <Answer>(operation: string, body: object) => callAws<Answer>(aws, 'codebuild', operation, body);
const file = (text: string) => new TextEncoder().encode(text);
const run = (...commands: string[]) => JSON.stringify({ version: 0.2, phases: { build: { commands } } });

let projects = 0;
/** A project that builds a source with one script from S3. */
async function makeProject(
  change: { buildspec?: string; environment?: object } & Record<string, unknown> = {},
) {
  const { buildspec = run('./say hello'), environment, ...rest } = change;
  const name = `project-${++projects}`;
  const script: [Uint8Array, { os: number; attrs: number }] = [
    file('#!/bin/sh\necho "said $1"\n'),
    { os: 3, attrs: 0o755 << 16 },
  ];
  await putObject(aws, 'source', `${name}.zip`, zipSync({ say: script, 'inner/notes': file('notes\n') }));
  await call('CreateProject', {
    name,
    serviceRole: 'arn:aws:iam::123456789012:role/builder',
    source: { type: 'S3', location: `source/${name}.zip`, buildspec },
    artifacts: { type: 'NO_ARTIFACTS' },
    environment: {
      type: 'LINUX_CONTAINER',
      image: 'aws/codebuild/standard:7.0',
      computeType: 'BUILD_GENERAL1_SMALL',
      ...environment,
    },
    ...rest,
  });
  return name;
}

const start = async (projectName: string, change: object = {}) =>
  (await call<{ build: Build }>('StartBuild', { projectName, ...change })).build;
const read = async (id: string) =>
  (await call<{ builds: Build[] }>('BatchGetBuilds', { ids: [id] })).builds[0] as Build;
const finish = async ({ id }: Build) =>
  until(
    'build',
    () => read(id),
    (build) => build.buildComplete,
  );
const build = async (name: string, change: object = {}) => finish(await start(name, change));
const statuses = ({ phases }: Build) =>
  Object.fromEntries(phases.map((phase) => [phase.phaseType, phase.phaseStatus]));
async function logOf({ logs }: Build): Promise<string[]> {
  const found = await new CloudWatchLogsClient(aws.client).send(
    new FilterLogEventsCommand({ logGroupName: logs.groupName, logStreamNames: [logs.streamName] }),
  );
  return (found.events ?? [])
    .map((event) => event.message ?? '')
    .filter((line) => !line.startsWith('[Container]'));
}

/** A zombie, which nobody has waited for yet, does not run. */
function isRunning(pid: string): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a build', () => {
  test('runs the commands of the buildspec in the unpacked source', async () => {
    const name = await makeProject({ buildspec: run('./say hello', 'cat inner/notes') });
    const done = await build(name);
    expect(done).toMatchObject({ buildStatus: 'SUCCEEDED', buildNumber: 1 });
    expect(done.logs.groupName).toBe(`/aws/codebuild/${name}`);
    expect(await logOf(done)).toEqual(['said hello', 'notes']);
  });

  test('reads the buildspec from the source when the project has none', async () => {
    const name = await makeProject({ buildspec: '' });
    const spec = 'version: 0.2\nphases:\n  build:\n    commands:\n      - echo from file\n';
    await putObject(aws, 'source', `${name}.zip`, zipSync({ 'buildspec.yml': file(spec) }));
    expect(await logOf(await build(name))).toEqual(['from file']);
  });

  test('is one shell: what a command changes stays for the next one, and the next phase', async () => {
    const buildspec = `version: 0.2
phases:
  install:
    commands: [cd inner, export WORD=kept]
  build:
    commands: ['echo $WORD in $(basename $PWD)']`;
    expect(await logOf(await build(await makeProject({ buildspec })))).toEqual(['kept in inner']);
  });

  test('has its variables: those of the start, then of the project, then of the buildspec', async () => {
    await new SSMClient(aws.client).send(
      new PutParameterCommand({ Name: '/image', Value: 'ami-1', Type: 'String' }),
    );
    const buildspec = `version: 0.2
env:
  variables: { A: spec, B: spec, C: spec }
  parameter-store: { IMAGE: /image }
phases:
  build:
    commands: ['echo $A $B $C $IMAGE $CODEBUILD_BUILD_NUMBER $AWS_REGION', 'echo $CODEBUILD_BUILD_ID $AWS_ENDPOINT_URL']`;
    const variable = (name: string, value: string) => ({ name, value, type: 'PLAINTEXT' });
    const name = await makeProject({
      buildspec,
      environment: { environmentVariables: [variable('A', 'project'), variable('B', 'project')] },
    });
    const done = await build(name, { environmentVariablesOverride: [variable('A', 'start')] });
    expect(await logOf(done)).toEqual(['start project spec ami-1 1 eu-central-1', `${done.id} ${aws.url}`]);
  });

  test('calls AWS as the role of its project', async () => {
    const get = (path: string) =>
      `curl --silent --output /dev/null --aws-sigv4 aws:amz:eu-central-1:ssm --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
       --header "x-amz-security-token: $AWS_SESSION_TOKEN" --header 'content-type: application/x-amz-json-1.1' \
       --header 'x-amz-target: AmazonSSM.GetParameter' --data '{"Name":"${path}"}' "$AWS_ENDPOINT_URL/"`;
    const { next } = await aws.local<{ next: number }>('GET', 'calls?since=0');
    expect(await build(await makeProject({ buildspec: run(get('/none')) }))).toMatchObject({
      buildStatus: 'SUCCEEDED',
    });
    const { calls } = await aws.local<{ calls: { service: string }[] }>('GET', `calls?since=${next}`);
    expect(calls.filter(({ service }) => service === 'ssm')).toMatchObject([
      { principal: 'builder', operation: 'GetParameter' },
    ]);
  });

  test('finds the commands of the local cloud first', async () => {
    writeFileSync(join(folder, 'packer'), '#!/bin/sh\necho stand-in\n', { mode: 0o755 });
    await aws.local('PUT', 'options', { buildPath: folder, buildEnvironment: { MORE: 'yes' } });
    try {
      const done = await build(await makeProject({ buildspec: run('packer', 'echo $MORE') }));
      expect(await logOf(done)).toEqual(['stand-in', 'yes']);
    } finally {
      await aws.local('PUT', 'options', { buildPath: '', buildEnvironment: {} });
    }
  });

  test('is counted', async () => {
    const name = await makeProject();
    await build(name);
    await build(name, { buildspecOverride: run('false') });
    const counted = async (metric: string) => {
      const { Datapoints = [] } = await new CloudWatchClient(aws.client).send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/CodeBuild',
          MetricName: metric,
          Dimensions: [{ Name: 'ProjectName', Value: name }],
          StartTime: new Date(Date.now() - 3600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 7200,
          Statistics: ['Sum', 'SampleCount'],
        }),
      );
      return Datapoints.reduce((sum, point) => sum + (point.SampleCount ?? 0), 0);
    };
    expect(await Promise.all(['Builds', 'SucceededBuilds', 'FailedBuilds', 'Duration'].map(counted))).toEqual(
      [2, 1, 1, 2],
    );
  });
});

describe('a build that fails', () => {
  const failing = (phase: string) => `version: 0.2
phases:
  ${phase}: { commands: [echo before, exit 3, echo after], finally: [echo finally] }
  post_build: { commands: [echo last $CODEBUILD_BUILD_SUCCEEDING] }`;

  test('in its build phase still runs post_build', async () => {
    const done = await build(await makeProject({ buildspec: failing('build') }));
    expect(done.buildStatus).toBe('FAILED');
    expect(statuses(done)).toMatchObject({ INSTALL: 'SUCCEEDED', BUILD: 'FAILED', POST_BUILD: 'SUCCEEDED' });
    expect(done.phases.find(({ phaseType }) => phaseType === 'BUILD')?.contexts?.[0]?.message).toContain(
      'exit 3. Reason: exit status 3',
    );
    expect(await logOf(done)).toEqual([
      'before',
      'finally',
      expect.stringContaining('COMMAND_EXECUTION_ERROR'),
      'last 0',
    ]);
  });

  test.each(['install', 'pre_build'])('in %s ends there', async (phase) => {
    const done = await build(await makeProject({ buildspec: failing(phase) }));
    expect(statuses(done)).toMatchObject({ [phase.toUpperCase()]: 'FAILED' });
    expect(statuses(done)).not.toHaveProperty('POST_BUILD');
  });

  test.each([
    ['a source that is not there', { sourceLocationOverride: 'source/none.zip' }, 'CLIENT_ERROR'],
    ['a buildspec of another version', { buildspecOverride: 'version: 1\nphases: {}' }, 'YAML_FILE_ERROR'],
    [
      'a command that is no text',
      { buildspecOverride: '{"version": 0.2, "phases": {"build": {"commands": [{"echo": "x"}]}}}' },
      'YAML_FILE_ERROR',
    ],
    ['a buildspec that is not in the source', { buildspecOverride: 'other.yml' }, 'YAML_FILE_ERROR'],
  ])('for %s says so', async (_, change, code) => {
    const done = await build(await makeProject(), change);
    expect(done.buildStatus).toBe('FAILED');
    expect(done.phases.find(({ phaseType }) => phaseType === 'DOWNLOAD_SOURCE')).toMatchObject({
      phaseStatus: 'FAILED',
      contexts: [{ statusCode: code }],
    });
  });
});

describe('a build that takes long', () => {
  test('is stopped, with what it started', async () => {
    const mark = join(folder, 'mark');
    const buildspec = run(`sleep 60 & echo $! >${mark}.new; mv ${mark}.new ${mark}; wait`);
    const started = await start(await makeProject({ buildspec }));
    await until('runs', () => existsSync(mark));
    await call('StopBuild', { id: started.id });
    const done = await finish(started);
    expect(done.buildStatus).toBe('STOPPED');
    expect(statuses(done).BUILD).toBe('STOPPED');
    const child = readFileSync(mark, 'utf8').trim();
    await until('the child is gone', () => !isRunning(child));
  });

  test('holds its place in the limit of the project', async () => {
    const name = await makeProject({ buildspec: run('sleep 60'), concurrentBuildLimit: 1 });
    const first = await start(name);
    await expect(start(name)).rejects.toThrow('AccountLimitExceededException');
    await call('StopBuild', { id: first.id });
    await finish(first);
    const second = await start(name);
    const { ids } = await call<{ ids: string[] }>('ListBuildsForProject', { projectName: name });
    expect(ids).toEqual([second.id, first.id]);
    await call('StopBuild', { id: second.id });
  });
});

test('what does not exist is a ResourceNotFoundException', async () => {
  await expect(start('nobody')).rejects.toThrow('ResourceNotFoundException');
  await expect(call('StopBuild', { id: 'nobody:1' })).rejects.toThrow('ResourceNotFoundException');
});

test('nothing is left of a build when the local AWS ends', async () => {
  const mark = join(folder, 'last');
  const buildspec = run(`sleep 60 & echo $! >${mark}.new; mv ${mark}.new ${mark}; wait`);
  await start(await makeProject({ buildspec }));
  await until('runs', () => existsSync(mark));
  await aws.stop();
  const child = readFileSync(mark, 'utf8').trim();
  await until('the child is gone', () => !isRunning(child));
});
