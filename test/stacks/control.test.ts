import { parse } from '../../lambda/scaler/settings';
import { toHousekeeperSettings } from '../../stacks/control/to-housekeeper-settings';
import { toSettings } from '../../stacks/control/to-settings';
import { toWebhookSettings } from '../../stacks/control/to-webhook-settings';
import {
  ALL_OPTIONS,
  buildConfig,
  fleet,
  GITHUB_ON_FARGATE,
  WITH_GITHUB,
  WITH_GITLAB,
} from './perfect-config';
import { named, type Synthesized, synthesize } from './synthesize';

const scaler = (stack: Synthesized) =>
  named(stack, 'aws_lambda_function', 'muster-dev-scaler', 'function_name');

describe('the scaler', () => {
  let stack: Synthesized;
  beforeAll(() => {
    stack = synthesize(buildConfig());
  });

  test('is an arm function that may run past its minute by one poll', () => {
    expect(scaler(stack)).toMatchObject({
      function_name: 'muster-dev-scaler',
      architectures: ['arm64'],
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      timeout: 70,
      memory_size: 256,
    });
  });

  test('reserves no concurrency: an account at the default limit cannot', () => {
    expect(scaler(stack)).not.toHaveProperty('reserved_concurrent_executions');
  });

  test('is started every minute, and never twice for one minute', () => {
    expect(named(stack, 'aws_scheduler_schedule', 'muster-dev-scaler')).toMatchObject({
      name: 'muster-dev-scaler',
      schedule_expression: 'rate(1 minute)',
      flexible_time_window: { mode: 'OFF' },
      target: { retry_policy: { maximum_retry_attempts: 0, maximum_event_age_in_seconds: 60 } },
    });
    const [invocation] = stack
      .resources('aws_lambda_function_event_invoke_config')
      .filter(({ function_name }) => function_name.includes('control_scaler'));
    expect(invocation).toMatchObject({
      maximum_retry_attempts: 0,
      maximum_event_age_in_seconds: 60,
    });
  });

  test('is started after the groups exist, and stopped before they go', () => {
    const { depends_on } = named(stack, 'aws_scheduler_schedule', 'muster-dev-scaler');
    expect(depends_on).toContainEqual(expect.stringMatching(/^aws_autoscaling_group\./));
  });

  test('stays outside the network unless asked', () => {
    expect(scaler(stack)).not.toHaveProperty('vpc_config');
    const inside = scaler(synthesize(buildConfig(ALL_OPTIONS)));
    expect([inside.vpc_config].flat()[0].subnet_ids).toHaveLength(3);
  });

  test('keeps its memory over a deploy', () => {
    expect(stack.stack.provider.aws[0].ignore_tags).toEqual([
      { keys: ['muster:scaler', 'muster:warm', 'muster:paused', 'muster:stuck'] },
    ]);
  });
});

describe('without a fleet', () => {
  const stack = synthesize(buildConfig(GITHUB_ON_FARGATE));
  const functions = (of: Synthesized) =>
    of.resources('aws_lambda_function').map(({ function_name }) => function_name);

  test('there is a housekeeper, and nothing that scales, drains or takes job events', () => {
    expect(functions(stack)).toEqual(['muster-dev-housekeeper']);
    expect(stack.resources('aws_scheduler_schedule').map(({ name }) => name)).toEqual([
      'muster-dev-housekeeper-runners',
    ]);
    const forge = { ci: 'gitlab', webhook: true };
    const idle = buildConfig({ ...GITHUB_ON_FARGATE, accounts: { ...GITHUB_ON_FARGATE.accounts, forge } });
    expect(functions(synthesize(idle))).toEqual(['muster-dev-housekeeper']);
  });

  test('there are alarms of what there is', () => {
    expect(stack.resources('aws_cloudwatch_metric_alarm').map(({ alarm_name }) => alarm_name)).toEqual([
      'muster-dev-housekeeper-errors',
    ]);
  });

  test('hosts of containers are drained, with no scaler either', () => {
    expect(functions(synthesize(buildConfig(WITH_GITHUB))).sort()).toEqual([
      'muster-dev-drain',
      'muster-dev-housekeeper',
    ]);
  });

  test('no statement is about nothing', () => {
    const policies = stack.resources('aws_iam_role_policy').map(({ policy }) => JSON.parse(policy));
    const statements = policies.flatMap(({ Statement }) => Statement);
    expect(statements.filter(({ Resource }) => Resource.length === 0)).toEqual([]);
  });
});

describe('the settings', () => {
  const config = buildConfig(ALL_OPTIONS);

  test('say what the config says', () => {
    const settings = toSettings(config);
    expect(settings).toMatchObject({
      environment: 'dev',
      pollSeconds: 20,
      accounts: {
        acme: {
          ci: 'circleci',
          baseUrl: 'https://ci.example.com',
          apiTokenSecret: 'muster/dev/ci/acme/api-token',
          concurrency: 20,
        },
        forge: {
          ci: 'gitlab',
          baseUrl: 'https://gitlab.example.com',
          apiTokenSecret: 'muster/dev/ci/forge/api-token',
          concurrency: 50,
          requestsPerMinute: 120,
        },
      },
    });
    expect(settings.fleets[0]).toEqual({
      name: 'linux',
      group: 'muster-dev-linux',
      account: 'acme',
      queue: { ci: 'circleci', resourceClass: 'acme/linux' },
      max: 3,
      warm: 2,
      slots: 1,
      surge: 5,
      hours: config.fleets[0]?.hours,
      spot: { percent: 80, fallbackMinutes: 10 },
    });
    expect(settings.fleets[2]).toEqual({
      name: 'forge',
      group: 'muster-dev-forge',
      account: 'forge',
      queue: { ci: 'gitlab', runnerId: 7, projects: ['acme/app', 'acme/lib'], groups: ['acme/tools'] },
      max: 3,
      warm: {
        timeZone: 'Europe/Berlin',
        byHour: [0, 0, 0, 0, 0, 0, 1, 1, ...Array(10).fill(3), 0, 0, 0, 0, 0, 0],
      },
      slots: 4,
    });
  });

  test('fit the scaler', () => {
    const settings = toSettings(config);
    expect(parse(JSON.stringify(settings))).toEqual(settings);
  });
});

describe('the housekeeper', () => {
  const schedules = (config: Record<string, unknown>) =>
    Object.fromEntries(
      synthesize(buildConfig(config))
        .resources('aws_scheduler_schedule')
        .filter(({ name }) => name.includes('housekeeper'))
        .map(({ name, schedule_expression, schedule_expression_timezone, target }) => [
          name,
          [schedule_expression, schedule_expression_timezone, target.input],
        ]),
    );

  test('looks for stale runner managers where there is GitLab', () => {
    expect(schedules(WITH_GITLAB)).toMatchObject({
      'muster-dev-housekeeper-managers': ['rate(15 minutes)', undefined, '{"task":"managers"}'],
    });
    expect(schedules({})).not.toHaveProperty('muster-dev-housekeeper-managers');
  });

  test('tidies images once a day', () => {
    expect(schedules({})).toMatchObject({
      'muster-dev-housekeeper-images': ['cron(30 4 * * ? *)', 'UTC', '{"task":"images"}'],
    });
  });

  test('tidies images after the night, in its time zone', () => {
    const nightly = { time: '22:15', timeZone: 'Asia/Tokyo' };
    expect(schedules({ nightly })['muster-dev-housekeeper-images']).toEqual([
      'cron(15 2 * * ? *)',
      'Asia/Tokyo',
      '{"task":"images"}',
    ]);
  });

  test('looks for instances that the CI does not know, and for what is put aside', () => {
    expect(schedules({})).toMatchObject({
      'muster-dev-housekeeper-stuck': ['rate(5 minutes)', undefined, '{"task":"stuck"}'],
      'muster-dev-housekeeper-reminders': ['rate(6 hours)', undefined, '{"task":"reminders"}'],
    });
  });

  test('looks for runners of GitHub without a task, and tasks without a use', () => {
    expect(schedules(WITH_GITHUB)).toMatchObject({
      'muster-dev-housekeeper-runners': ['rate(5 minutes)', undefined, '{"task":"runners"}'],
    });
    expect(schedules({})).not.toHaveProperty('muster-dev-housekeeper-runners');
  });

  test('hears of each task of the cluster that has stopped, and of no other', () => {
    const stack = synthesize(buildConfig(WITH_GITHUB));
    const rule = named(stack, 'aws_cloudwatch_event_rule', 'muster-dev-housekeeper-stopped-tasks');
    expect(JSON.parse(rule.event_pattern)).toEqual({
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: {
        clusterArn: ['arn:aws:ecs:us-east-1:123456789012:cluster/muster-dev'],
        lastStatus: ['STOPPED'],
      },
    });
    const [target] = stack
      .resources('aws_cloudwatch_event_target')
      .filter(({ arn }) => arn.includes('housekeeper'));
    // Whole, as EventBridge sends it.
    expect(target).not.toHaveProperty('input_transformer');
    expect(target).toMatchObject({
      retry_policy: { maximum_event_age_in_seconds: 300, maximum_retry_attempts: 2 },
    });
  });

  test('does what there is to do', () => {
    const tasks = (config: Record<string, unknown>) =>
      Object.keys(schedules(config)).map((name) => name.replace('muster-dev-housekeeper-', ''));
    expect(tasks(GITHUB_ON_FARGATE)).toEqual(['runners']);
    expect(tasks(WITH_GITHUB)).toEqual(['images', 'reminders', 'runners']);
    expect(tasks({})).toEqual(['images', 'reminders', 'stuck']);
  });

  test('is told of all fleets and all images', () => {
    const settings = toHousekeeperSettings(
      buildConfig({
        ...ALL_OPTIONS,
        images: { ...ALL_OPTIONS.images, builder: { agents: ['gitlab'] } },
      }),
    );
    expect(settings).toEqual({
      environment: 'dev',
      region: 'us-east-1',
      topicArn: 'arn:aws:sns:us-east-1:123456789012:muster-dev-alarms',
      fleets: [
        {
          ci: 'circleci',
          name: 'linux',
          group: 'muster-dev-linux',
          baseUrl: 'https://ci.example.com',
          apiTokenSecret: 'muster/dev/ci/acme/api-token',
          unknownMinutes: 15,
          resourceClass: 'acme/linux',
        },
        expect.objectContaining({ ci: 'circleci', name: 'other' }),
        {
          ci: 'gitlab',
          name: 'forge',
          group: 'muster-dev-forge',
          unknownMinutes: 15,
          runnerId: 7,
          baseUrl: 'https://gitlab.example.com',
          apiTokenSecret: 'muster/dev/ci/forge/api-token',
          runnerTokenSecret: 'muster/dev/fleet/forge/runner-token',
        },
        { ci: 'unlisted', name: 'github-hosts', group: 'muster-dev-github-hosts' },
      ],
      images: [
        {
          name: 'runner',
          parameter: '/muster/dev/image/runner',
          launchTemplates: ['muster-dev-linux', 'muster-dev-other'],
          keep: 3,
          shareWith: ['210987654321'],
          copyTo: ['eu-west-1'],
        },
        {
          name: 'builder',
          parameter: '/muster/dev/image/builder',
          launchTemplates: ['muster-dev-forge'],
          keep: 5,
          shareWith: [],
          copyTo: [],
        },
        {
          name: 'containers',
          parameter: '/muster/dev/image/containers',
          launchTemplates: ['muster-dev-github-hosts'],
          keep: 5,
          shareWith: [],
          copyTo: [],
        },
      ],
      imagesMode: 'delete',
      githubEcs: {
        baseUrl: 'https://github.example.com/api/v3',
        credentialsSecret: 'muster/dev/ci/hub/api-token',
        cluster: 'muster-dev',
        rules: [
          { name: 'shop', repository: 'acme/shop', jitSecretPrefix: 'muster/dev/github/shop/jit/' },
          { name: 'tools', repository: 'acme/tools', jitSecretPrefix: 'muster/dev/github/tools/jit/' },
        ],
        claimMinutes: 5,
        jobLimitMinutes: 90,
      },
    });
  });
});

describe('the webhook', () => {
  const webhook = synthesize(buildConfig(ALL_OPTIONS));

  test('is there only where an account takes job events', () => {
    const without = synthesize(buildConfig(WITH_GITLAB));
    expect(without.resources('aws_lambda_function_url')).toEqual([]);
    expect(without.outputs).toEqual({});
  });

  test('answers everybody at its URL: with both permissions that AWS asks for', () => {
    expect(webhook.resource('aws_lambda_function_url').authorization_type).toBe('NONE');
    expect(
      webhook
        .resources('aws_lambda_permission')
        .map(({ action, principal, function_url_auth_type }) => [action, principal, function_url_auth_type]),
    ).toEqual(
      expect.arrayContaining([
        ['lambda:InvokeFunctionUrl', '*', 'NONE'],
        ['lambda:InvokeFunction', '*', undefined],
      ]),
    );
  });

  test('has an empty secret for each account', () => {
    expect(named(webhook, 'aws_secretsmanager_secret', 'muster/dev/ci/forge/webhook-secret')).toMatchObject({
      recovery_window_in_days: 0,
    });
  });

  test('has its URL shown by the deploy', () => {
    expect(Object.keys(webhook.outputs)).toContain('webhook-forge');
    expect(webhook.outputs['webhook-forge'].value).toMatch(/aws_lambda_function_url\..*"forge"/);
  });

  test('stays outside of the network: it reaches nothing but AWS', () => {
    expect(named(webhook, 'aws_lambda_function', 'muster-dev-webhook', 'function_name')).not.toHaveProperty(
      'vpc_config',
    );
  });

  test('is told of its accounts', () => {
    expect(toWebhookSettings(buildConfig(ALL_OPTIONS))).toEqual({
      environment: 'dev',
      scalerFunction: 'muster-dev-scaler',
      accounts: { forge: { secret: 'muster/dev/ci/forge/webhook-secret' } },
    });
  });
});

describe('the alarms', () => {
  const stack = synthesize(
    buildConfig({ fleets: [fleet('linux'), fleet('other')], alarms: { emails: ['a@example.com'] } }),
  );
  const alarm = (name: string) =>
    stack.resources('aws_cloudwatch_metric_alarm').find(({ alarm_name }) => alarm_name === name);

  test('all reach the topic, and the topic its readers', () => {
    for (const { alarm_actions, ok_actions } of stack.resources('aws_cloudwatch_metric_alarm')) {
      expect([alarm_actions, ok_actions]).toEqual([
        [expect.stringContaining('aws_sns_topic')],
        [expect.stringContaining('aws_sns_topic')],
      ]);
    }
    const [address] = Object.entries<Record<string, string>>(stack.stack.resource.aws_sns_topic)
      .filter(([, { name }]) => name === 'muster-dev-alarms')
      .map(([key]) => key);
    const readers = {
      topic_arn: `\${aws_sns_topic.${address}.arn}`,
      protocol: 'email',
      endpoint: 'a@example.com',
    };
    expect(stack.resources('aws_sns_topic_subscription')).toContainEqual(expect.objectContaining(readers));
  });

  test.each([
    ['errors', 'Errors'],
    ['throttles', 'Throttles'],
  ])('%s of the scaler', (name, metric_name) => {
    expect(alarm(`muster-dev-scaler-${name}`)).toMatchObject({
      namespace: 'AWS/Lambda',
      metric_name,
      dimensions: { FunctionName: 'muster-dev-scaler' },
      comparison_operator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      treat_missing_data: 'notBreaching',
    });
  });

  test('one start of the housekeeper that failed at each try', () => {
    expect(alarm('muster-dev-housekeeper-errors')).toMatchObject({
      namespace: 'AWS/Lambda',
      metric_name: 'AsyncEventsDropped',
      dimensions: { FunctionName: 'muster-dev-housekeeper' },
      statistic: 'Sum',
      comparison_operator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      period: 3600,
      treat_missing_data: 'notBreaching',
    });
  });

  test('silence of the scaler', () => {
    expect(alarm('muster-dev-scaler-heartbeat')).toMatchObject({
      metric_name: 'Invocations',
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      treat_missing_data: 'breaching',
    });
  });

  test.each([
    ['muster-dev-linux-blocked', 'Blocked', 'linux'],
    ['muster-dev-other-blocked', 'Blocked', 'other'],
    ['muster-dev-linux-unknown', 'Unknown', 'linux'],
    ['muster-dev-other-unknown', 'Unknown', 'other'],
  ])('%s', (name, metric_name, fleetName) => {
    expect(alarm(name)).toMatchObject({
      namespace: 'Muster',
      metric_name,
      dimensions: { Environment: 'dev', Fleet: fleetName },
      statistic: 'Maximum',
    });
  });
});
