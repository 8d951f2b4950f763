/** Fargate tasks of a whole local cloud: processes of their own, from an image that was pushed to its registry. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { type Cloud, startCloud } from '../../local/cloud';
import { describeAsRoot } from '../as-root';
import { callAws } from './call-aws';
import { makeImage, pushImage } from './container-image';
import { ECS_TRUST, EcsBench, idOf, type Task } from './ecs-bench';
import { type LocalAws, openLocalAws } from './start-local-aws';
import { until } from './until';

const MINUTES = 60_000;
const REPOSITORY = 'muster-dev/github-runner';
const GROUP = '/muster/dev/github-runners';
const ACCOUNT = '123456789012';
const PASSWD = 'root:x:0:0:root:/root:/bin/bash\nrunner:x:1001:1001::/home/runner:/bin/bash\n';

// Bash alone speaks HTTP.
const GET = `get() { exec 3<>"/dev/tcp/$1/$2"; printf 'GET %s HTTP/1.0\\r\\n%b\\r\\n' "$3" "$4" >&3; cat <&3; exec 3>&-; }`;

describeAsRoot('a Fargate task', () => {
  let cloud: Cloud;
  let aws: LocalAws;
  let bench: EcsBench;
  let folder: string;
  let image: string;
  let layout: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muster-fargate-'));
    cloud = await startCloud({
      runDir: join(folder, 'run'),
      environment: { MUSTER_LOCAL_IMAGES: join(folder, 'images') },
    });
    aws = openLocalAws(cloud.awsEndpointUrl);
    bench = await EcsBench.make(aws);
    const iam = new IAMClient(aws.client);
    for (const RoleName of ['task', 'execution'])
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: ECS_TRUST }));
    await new CloudWatchLogsClient(aws.client).send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    await callAws(aws, 'ecr', 'CreateRepository', { repositoryName: REPOSITORY });
    layout = makeImage(
      [
        { programs: true, files: { 'etc/passwd': PASSWD, 'etc/word': 'below', 'etc/gone': 'below' } },
        { files: { 'etc/word': 'above', 'etc/.wh.gone': '' } },
      ],
      { Entrypoint: ['/bin/bash', '-c'], Env: ['FROM_IMAGE=yes', 'BOTH=image'], User: 'runner' },
    );
    const digest = await pushImage(aws, layout, REPOSITORY, 'v1');
    image = `${new URL(aws.url).host}/${REPOSITORY}@${digest}`;
  });
  afterAll(async () => {
    await cloud?.stop();
    for (const path of [folder, layout]) if (path) rmSync(path, { recursive: true, force: true });
  });

  async function run(
    script: string,
    change: { container?: object; environment?: object[] } = {},
  ): Promise<Task> {
    const log = {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': GROUP,
        'awslogs-region': aws.client.region,
        'awslogs-stream-prefix': 'runner',
      },
    };
    await bench.define(
      'fargate',
      { image, command: [`${GET}\n${script}`], logConfiguration: log, stopTimeout: 60, ...change.container },
      {
        taskRoleArn: `arn:aws:iam::${ACCOUNT}:role/task`,
        executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/execution`,
      },
    );
    const { environment = [] } = change;
    return bench.run({ overrides: { containerOverrides: [{ name: 'runner', environment }] } });
  }
  const finish = (task: Task) => bench.reach(task, 'STOPPED', 60);
  async function logOf(task: Task): Promise<string[]> {
    const { events = [] } = await new CloudWatchLogsClient(aws.client).send(
      new FilterLogEventsCommand({
        logGroupName: GROUP,
        logStreamNames: [`runner/runner/${idOf(task)}`],
      }),
    );
    return events.map(({ message = '' }) => message.trimEnd());
  }
  const logged = (task: Task, line: string) =>
    until(
      `"${line}" in the log`,
      () => logOf(task),
      (lines) => lines.includes(line),
    );

  test('runs its image as the user of the image, with the layers over each other, and says its exit code', async () => {
    const task = await run('id -u; id -g; cat /etc/word; echo; ls /etc/gone /root/.ssh; ls /; exit 7');
    expect(await finish(task)).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 7, imageDigest: image.split('@')[1] }],
    });
    const lines = await logOf(task);
    expect(lines.slice(0, 3)).toEqual(['1001', '1001', 'above']);
    expect(lines.join(' ')).toMatch(/gone.*No such file/);
    // Nothing of the host.
    expect(lines).not.toContain('work');
  });

  test('has its environment: overrides, definition, image, and what an agent adds', async () => {
    const environment = [{ name: 'SECRET_NAME', value: 'from the override' }];
    const container = { environment: [{ name: 'BOTH', value: 'definition' }] };
    const task = await run('env', { container, environment });
    await finish(task);
    const lines = await logOf(task);
    for (const line of [
      'FROM_IMAGE=yes',
      'BOTH=definition',
      'SECRET_NAME=from the override',
      `AWS_REGION=${aws.client.region}`,
      `AWS_ENDPOINT_URL=${cloud.inside.awsUrl}`,
      'AWS_EXECUTION_ENV=AWS_ECS_FARGATE',
      'HOME=/home/runner',
    ])
      expect(lines).toContain(line);
    expect(lines.join('\n')).toMatch(
      /^AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=\/v2\/credentials\/[\w-]{36}$/m,
    );
    expect(lines.join('\n')).toMatch(/^ECS_CONTAINER_METADATA_URI_V4=http:\/\/169\.254\.170\.2\/v4\//m);
  });

  test('gets credentials of its role, which end with it, and calls AWS with them as that role alone', async () => {
    const { next } = await aws.local<{ next: number }>('GET', 'calls?since=0');
    const task = await run(`
        answer=$(get 169.254.170.2 80 "$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        key=\${answer#*AccessKeyId\\": \\"} key=\${key%%\\"*}
        sign="Authorization: AWS4-HMAC-SHA256 Credential=$key/20260101/$AWS_REGION/ssm/aws4_request, SignedHeaders=host, Signature=0"
        get 10.87.0.1 4566 / "$sign\\r\\nX-Amz-Target: AmazonSSM.DescribeParameters\\r\\n" >/dev/null
        get 10.87.0.1 4566 /_local/calls
        echo "path $AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"`);
    await finish(task);
    const { calls } = await aws.local<{
      calls: { service: string; principal: string; operation: string }[];
    }>('GET', `calls?since=${next}`);
    expect(calls).toContainEqual(expect.objectContaining({ principal: 'task', service: 'ssm' }));
    // The image was pulled before, by the first task.
    const lines = await logOf(task);
    expect(lines.join('\n')).toMatch(/Machines may call AWS with their role, and nothing else/);
    const path = lines.find((line) => line.startsWith('path '))?.slice(5);
    const again = await run(`get 169.254.170.2 80 ${path}`);
    await finish(again);
    expect((await logOf(again)).join('\n')).toMatch(/404/);
  });

  test('is asked to end by SIGTERM, and ends with what it says', async () => {
    const task = await run(`trap 'echo asked; exit 0' TERM; echo ready; while :; do sleep 0.1; done`);
    await logged(task, 'ready');
    await bench.stop(task, 'enough');
    expect(await finish(task)).toMatchObject({ stopCode: 'UserInitiated', containers: [{ exitCode: 0 }] });
    expect(await logOf(task)).toContain('asked');
  });

  test('that does not end is killed after its stopTimeout, with all its processes', async () => {
    const script = `trap '' TERM; (trap '' TERM; sleep 3600) & echo ready; while :; do sleep 0.1; done`;
    const task = await run(script, { container: { stopTimeout: 2 } });
    await logged(task, 'ready');
    await bench.stop(task);
    expect(await finish(task)).toMatchObject({ containers: [{ exitCode: 137 }] });
  });

  test(
    'reaches neither another task nor the network of the host',
    async () => {
      const other = await run('echo ready; sleep 3600');
      await logged(other, 'ready');
      const { attachments } = await bench.read(other);
      const address = attachments[0]?.details.find(({ name }) => name === 'privateIPv4Address')?.value;
      // Bash alone would be refused at once by a machine that it reaches.
      const task = await run(
        `try() { timeout 5 bash -c "</dev/tcp/$2/$3"; echo "$1 $?"; }
        try other ${address} 22; try aws 10.87.0.1 4566; try outside 192.0.2.1 443; exit 0`,
      );
      await finish(task);
      const lines = await logOf(task);
      expect(lines).toContain('aws 0');
      expect(lines).toContain('other 124');
      expect(lines).not.toContain('outside 0');
      await bench.stop(other);
    },
    4 * MINUTES,
  );

  test('whose command, user or log group is not there fails to start, with the reason', async () => {
    const user = await finish(await run('true', { container: { user: 'nobody-here' } }));
    expect(user).toMatchObject({ stopCode: 'TaskFailedToStart' });
    expect(user.stoppedReason).toMatch(/unable to find user nobody-here/);
    const logConfiguration = {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': '/none',
        'awslogs-stream-prefix': 'x',
        'awslogs-region': aws.client.region,
      },
    };
    const log = await finish(await run('true', { container: { logConfiguration } }));
    expect(log.stoppedReason).toMatch(/^ResourceInitializationError: .*log group does not exist/);
    const entryPoint = ['/bin/none'];
    expect(await finish(await run('true', { container: { entryPoint } }))).toMatchObject({
      containers: [{ exitCode: 127 }],
    });
  });
});
