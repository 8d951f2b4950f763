import {
  instanceRoleName,
  nightlyName,
  runnerExecutionRoleName,
  runnerTaskRoleName,
  workflowRoleName,
} from '../../config/names';
import { toFamilies } from '../../stacks/github-ecs/families';
import { toNightlyStatements } from '../../stacks/nightly/nightly-statements';
import { ALL_OPTIONS, buildConfig, GITHUB_ON_FARGATE, WITH_GITHUB } from './perfect-config';
import { named, type Synthesized, synthesize } from './synthesize';

const NIGHTLY = { time: '02:30', timeZone: 'Europe/Berlin' };

describe('without a nightly build', () => {
  const stack = synthesize(buildConfig());

  test('there is neither project nor bucket', () => {
    expect(stack.resources('aws_codebuild_project')).toEqual([]);
    expect(stack.resources('aws_s3_bucket')).toEqual([]);
  });

  test('an image can be proved all the same', () => {
    expect(named(stack, 'aws_iam_instance_profile', 'muster-dev-smoke')).toBeDefined();
    expect(named(stack, 'aws_cloudwatch_log_group', '/muster/dev/smoke')).toBeDefined();
  });
});

describe('the nightly build', () => {
  let stack: Synthesized;
  let variables: Record<string, string>;
  const variablesOf = (of: Synthesized) => {
    const [environment] = [of.resource('aws_codebuild_project').environment].flat();
    const list: { name: string; value: string }[] = environment.environment_variable;
    return Object.fromEntries(list.map(({ name, value }) => [name, value]));
  };
  beforeAll(() => {
    stack = synthesize(buildConfig({ nightly: NIGHTLY }));
    variables = variablesOf(stack);
  });
  const project = () => stack.resource('aws_codebuild_project');

  test('runs once at a time, and ends before the housekeeper comes', () => {
    expect(project()).toMatchObject({
      name: 'muster-dev-nightly',
      concurrent_build_limit: 1,
      build_timeout: 180,
    });
  });

  test('takes the source from its bucket, and what to do from the source', () => {
    expect([project().source].flat()[0]).toEqual({
      type: 'S3',
      location: 'muster-dev-123456789012-source/source.zip',
      buildspec: 'stacks/nightly/buildspec.yml',
    });
  });

  test('knows its environment, where its config lies and what it was made from', () => {
    expect(variables).toEqual({ ENV: 'dev', MUSTER_CONFIG_DIR: 'config', COMMIT: '0123456789ab' });
  });

  test('uses the proxy of the organization, but not for its own credentials', () => {
    const proxied = variablesOf(synthesize(buildConfig({ ...ALL_OPTIONS, nightly: NIGHTLY })));
    expect(proxied).toMatchObject({
      HTTPS_PROXY: 'http://proxy.example.com:3128',
      https_proxy: 'http://proxy.example.com:3128',
      NO_PROXY: '127.0.0.1,localhost,169.254.169.254,169.254.170.2,.example.com',
    });
  });

  test('stands outside of the network while builders have public addresses', () => {
    expect(project()).not.toHaveProperty('vpc_config');
    expect(variables).not.toHaveProperty('BUILDER_FROM');
  });

  test('stands in an existing network whose instances have no public address, and says from where it comes', () => {
    const inside = synthesize(
      buildConfig({
        network: { kind: 'existing', vpcId: 'vpc-0a1b', subnetIds: ['subnet-0a1b', 'subnet-2c3d'] },
        nightly: NIGHTLY,
      }),
    );
    expect([inside.resource('aws_codebuild_project').vpc_config].flat()[0]).toMatchObject({
      vpc_id: 'vpc-0a1b',
      subnets: ['subnet-0a1b', 'subnet-2c3d'],
    });
    expect(variablesOf(inside).BUILDER_FROM).toMatch(/join\(",", \[.*cidr_block.*cidr_block/);
  });

  test('is started at its time in its time zone, once', () => {
    expect(named(stack, 'aws_scheduler_schedule', 'muster-dev-nightly')).toMatchObject({
      schedule_expression: 'cron(30 2 * * ? *)',
      schedule_expression_timezone: 'Europe/Berlin',
      target: {
        arn: 'arn:aws:scheduler:::aws-sdk:codebuild:startBuild',
        input: '{"ProjectName":"muster-dev-nightly"}',
        retry_policy: { maximum_retry_attempts: 0 },
      },
    });
  });

  test('writes a log that ends', () => {
    expect(named(stack, 'aws_cloudwatch_log_group', '/aws/codebuild/muster-dev-nightly')).toMatchObject({
      retention_in_days: expect.any(Number),
    });
  });

  test('tells people when it fails', () => {
    expect(
      named(stack, 'aws_cloudwatch_metric_alarm', 'muster-dev-nightly-failed', 'alarm_name'),
    ).toMatchObject({
      namespace: 'AWS/CodeBuild',
      metric_name: 'FailedBuilds',
      dimensions: { ProjectName: 'muster-dev-nightly' },
      comparison_operator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      treat_missing_data: 'notBreaching',
    });
  });

  test('tells people when it could not be started, the first time, too', () => {
    expect(
      named(stack, 'aws_cloudwatch_metric_alarm', 'muster-dev-nightly-not-started', 'alarm_name'),
    ).toMatchObject({
      namespace: 'AWS/Scheduler',
      metric_name: 'InvocationDroppedCount',
      dimensions: { ScheduleGroup: 'muster-dev-nightly' },
      statistic: 'Sum',
      comparison_operator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      treat_missing_data: 'notBreaching',
    });
    // AWS counts by group: nothing else may be in it.
    const groups = stack
      .resources('aws_scheduler_schedule')
      .map(({ name, group_name }) => [name, group_name]);
    const inGroup = groups.filter(([, group]) => group);
    expect(inGroup).toEqual([
      ['muster-dev-nightly', expect.stringContaining('aws_scheduler_schedule_group')],
    ]);
    expect(stack.resource('aws_scheduler_schedule_group').name).toBe('muster-dev-nightly');
  });

  test('tells people when none succeeded for 26 hours, but not before the first night', () => {
    expect(
      named(stack, 'aws_cloudwatch_metric_alarm', 'muster-dev-nightly-silent', 'alarm_name'),
    ).toMatchObject({
      metric_name: 'SucceededBuilds',
      period: 3600,
      evaluation_periods: 26,
      treat_missing_data: 'missing',
      insufficient_data_actions: [expect.stringContaining('aws_sns_topic')],
    });
  });
});

describe('the container image of the runners of GitHub', () => {
  const nightly = NIGHTLY;
  const environmentOf = (deviation: Record<string, unknown>) =>
    [
      synthesize(buildConfig({ ...deviation, nightly })).resource('aws_codebuild_project').environment,
    ].flat()[0];

  test('is built with Docker, which is there in a privileged build: only where there is such an image', () => {
    expect(environmentOf(WITH_GITHUB)).toMatchObject({ privileged_mode: true });
    expect(environmentOf({})).not.toHaveProperty('privileged_mode');
  });

  test('is emulated when it is of another architecture than the machine that builds', () => {
    const names = (environment: { environment_variable: { name: string }[] }) =>
      environment.environment_variable.map(({ name }) => name);
    expect(names(environmentOf(GITHUB_ON_FARGATE))).not.toContain('EMULATE');
    const arm = {
      ...GITHUB_ON_FARGATE,
      githubEcs: { ...GITHUB_ON_FARGATE.githubEcs, image: { architecture: 'arm64' } },
    };
    expect(names(environmentOf(arm))).toContain('EMULATE');
  });

  test('is pushed to its repository, promoted by its parameter, and registered in task definitions of the environment, nothing else', () => {
    const own = (service: string, resource: string) =>
      `arn:aws:${service}:us-east-1:123456789012:${resource}`;
    const of = (action: string) =>
      toNightlyStatements(buildConfig({ ...GITHUB_ON_FARGATE, nightly })).find(({ Action }) =>
        Action.includes(action),
      );
    expect(of('ecr:PutImage')?.Resource).toEqual([own('ecr', 'repository/muster-dev/github-runner')]);
    expect(of('ssm:PutParameter')?.Resource).toEqual([
      own('ssm', 'parameter/muster/dev/github-runner-image'),
    ]);
    expect(of('ecs:RegisterTaskDefinition')?.Resource).toEqual([
      own('ecs', 'task-definition/muster-dev-*_*_*:*'),
    ]);
    expect(of('ecs:TagResource')?.Resource).toEqual(of('ecs:RegisterTaskDefinition')?.Resource);
    expect(of('iam:PassRole')).toMatchObject({
      Resource: ['muster-dev-github-*_task', 'muster-dev-github_execution'].map(
        (name) => `arn:aws:iam::123456789012:role/${name}`,
      ),
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    });
    // It could be limited to nobody's.
    expect(of('ecs:DeregisterTaskDefinition')).toBeUndefined();
  });

  test('is registered for each rule of the environment, and nothing else is by these patterns', () => {
    const matchesOf = (action: string) => {
      const patterns = toNightlyStatements(buildConfig({ ...WITH_GITHUB, nightly }))
        .filter(({ Action, Sid }) => Action.includes(action) && Sid !== 'ProveAs')
        .flatMap(({ Resource }) => Resource.map((pattern) => pattern.split('/').slice(1).join('/')));
      const asPattern = (text: string) => new RegExp(`^${text.replaceAll('*', '.*')}$`);
      return (name: string) => patterns.some((pattern) => asPattern(pattern).test(name));
    };
    const may = matchesOf('ecs:RegisterTaskDefinition');
    const { environment, githubEcs } = buildConfig(WITH_GITHUB);
    const families = (of: string) =>
      githubEcs?.repositories.flatMap((rule) => toFamilies(of, rule).map(({ family }) => `${family}:7`)) ??
      [];
    expect(families(environment).map(may)).toEqual(Array(5).fill(true));
    expect(families('dev2').some(may)).toBe(false);
    expect(['muster-dev-tools:1', 'other_small_fargate:1'].some(may)).toBe(false);
    const mayLend = matchesOf('iam:PassRole');
    expect([runnerTaskRoleName('dev', 'shop'), runnerExecutionRoleName('dev')].map(mayLend)).toEqual([
      true,
      true,
    ]);
    const others = [
      runnerTaskRoleName('dev2', 'shop'),
      workflowRoleName('dev', 'shop'),
      instanceRoleName('dev', 'github-hosts'),
      nightlyName('dev'),
    ];
    expect(others.filter(mayLend)).toEqual([]);
  });

  test('alone leaves nothing of images of machines, whose statements would name nothing', () => {
    const statements = toNightlyStatements(buildConfig({ ...GITHUB_ON_FARGATE, nightly }));
    for (const { Resource, Condition } of statements) {
      expect(Resource).not.toEqual([]);
      for (const values of Object.values(Condition ?? {}).flatMap(Object.values))
        expect(values).not.toEqual([]);
    }
  });

  test('needs nothing where there is none', () => {
    const actions = toNightlyStatements(buildConfig({ nightly })).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /^ec[rs]:/.test(action))).toEqual([]);
  });
});

describe('the bucket of the source', () => {
  const stack = synthesize(buildConfig({ nightly: NIGHTLY }));

  test('is private and keeps no ACLs', () => {
    expect(stack.resource('aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(stack.resource('aws_s3_bucket_ownership_controls').rule).toEqual({
      object_ownership: 'BucketOwnerEnforced',
    });
  });

  test('refuses what does not come over TLS', () => {
    const { Statement } = JSON.parse(stack.resource('aws_s3_bucket_policy').policy);
    expect(Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });

  test('is encrypted with the customer key where there is one', () => {
    const keyed = synthesize(buildConfig({ ...ALL_OPTIONS, nightly: NIGHTLY }));
    const [rule] = keyed.resource('aws_s3_bucket_server_side_encryption_configuration').rule;
    expect(rule.apply_server_side_encryption_by_default).toEqual({
      sse_algorithm: 'aws:kms',
      kms_master_key_id: ALL_OPTIONS.organization.kmsKeyArn,
    });
  });
});
