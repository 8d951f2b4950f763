import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '../../lambda/drain/settings';
import { toDocument } from '../../stacks/drain/to-document';
import { toDrainSettings } from '../../stacks/drain/to-drain-settings';
import { ALL_OPTIONS, buildConfig, fleet } from './perfect-config';
import { type Body, named, type Synthesized, synthesize } from './synthesize';

let stack: Synthesized;
beforeAll(() => {
  stack = synthesize(buildConfig({ fleets: [fleet('linux'), fleet('other', { jobLimitMinutes: 600 })] }));
});
const topic = () => named(stack, 'aws_sns_topic', 'muster-dev-terminating');
const addresses = (type: string, of = stack) => Object.keys(of.stack.resource[type] ?? {});

describe('a group', () => {
  const group = () => named(stack, 'aws_autoscaling_group', 'muster-dev-linux');

  test('tells the topic of instances that are to go, as a role that may do only that', () => {
    const [, terminating] = group().initial_lifecycle_hook;
    expect(terminating).toMatchObject({
      name: 'muster-terminating',
      notification_target_arn: 'arn:aws:sns:us-east-1:123456789012:muster-dev-terminating',
      role_arn: 'arn:aws:iam::123456789012:role/muster-dev-terminating',
    });
    const policy = named(stack, 'aws_iam_role_policy', 'muster-dev-terminating');
    expect(JSON.parse(policy.policy).Statement).toEqual([
      {
        Sid: 'Tell',
        Effect: 'Allow',
        Action: ['sns:Publish'],
        Resource: ['arn:aws:sns:us-east-1:123456789012:muster-dev-terminating'],
      },
    ]);
    const role = named(stack, 'aws_iam_role', 'muster-dev-terminating');
    expect(JSON.parse(role.assume_role_policy).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'autoscaling.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      },
    ]);
  });

  test('names the role where the organization keeps its roles', () => {
    const [, terminating] = named(
      synthesize(buildConfig(ALL_OPTIONS)),
      'aws_autoscaling_group',
      'muster-dev-linux',
    ).initial_lifecycle_hook;
    expect(terminating.role_arn).toBe('arn:aws:iam::123456789012:role/ci/muster/muster-dev-terminating');
  });

  test.each([
    'aws_sns_topic',
    'aws_sns_topic_subscription',
    'aws_lambda_permission',
    'aws_lambda_function_event_invoke_config',
    'aws_ssm_document',
    'aws_cloudwatch_event_target',
  ])('is there after %s, and goes before it', (type) => {
    const all = synthesize(buildConfig(ALL_OPTIONS));
    const needs: string[] = named(all, 'aws_autoscaling_group', 'muster-dev-linux').depends_on;
    const drains = addresses(type, all).filter((address) => address.startsWith('drain_'));
    expect(drains).not.toHaveLength(0);
    // The rest is before these by their own dependencies.
    expect(needs.filter((need) => drains.includes(need.replace(`${type}.`, '')))).not.toHaveLength(0);
  });

  test('is there after both roles of the path have their policies', () => {
    const needs: string[] = group().depends_on;
    expect(needs.filter((need) => /aws_iam_role_policy\.drain_teller/.test(need))).toHaveLength(1);
    const { depends_on } = named(stack, 'aws_lambda_function', 'muster-dev-drain', 'function_name');
    expect(depends_on).toContainEqual(expect.stringMatching(/^aws_iam_role_policy\.drain_function/));
  });
});

describe('the topic', () => {
  test('reaches the function, which lets it', () => {
    const [address] = addresses('aws_sns_topic').filter((each) => each.startsWith('drain_'));
    const arn = `\${aws_sns_topic.${address}.arn}`;
    expect(topic()).not.toHaveProperty('kms_master_key_id');
    expect(stack.resources('aws_sns_topic_subscription')).toContainEqual(
      expect.objectContaining({ topic_arn: arn, protocol: 'lambda' }),
    );
    expect(stack.resource('aws_lambda_permission')).toMatchObject({
      action: 'lambda:InvokeFunction',
      principal: 'sns.amazonaws.com',
      source_arn: arn,
    });
  });
});

describe('the function', () => {
  test('is invoked again twice, which its last try counts on', () => {
    const [invocation] = stack
      .resources('aws_lambda_function_event_invoke_config')
      .filter(({ function_name }) => function_name.includes('drain_function'));
    expect(invocation).toMatchObject({ maximum_retry_attempts: 2, maximum_event_age_in_seconds: 900 });
  });

  test('stays outside of the network: it reaches nothing but AWS', () => {
    const lambda = named(
      synthesize(buildConfig(ALL_OPTIONS)),
      'aws_lambda_function',
      'muster-dev-drain',
      'function_name',
    );
    expect(lambda).not.toHaveProperty('vpc_config');
  });

  test('is told of its groups', () => {
    const settings = toDrainSettings(buildConfig());
    expect(settings).toEqual({
      environment: 'dev',
      document: 'muster-dev-drain',
      hook: 'muster-terminating',
      groups: { 'muster-dev-linux': { fleet: 'linux', logGroup: '/muster/dev/linux' } },
    });
    expect(parse(JSON.stringify(settings))).toEqual(settings);
  });
});

describe('the document', () => {
  const stepsOf = (content: string): Body[] => JSON.parse(content).mainSteps;

  test('starts the drain, and waits as long as the longest job of all fleets may take', () => {
    const document = stack.resource('aws_ssm_document');
    expect(document).toMatchObject({
      name: 'muster-dev-drain',
      document_type: 'Command',
      document_format: 'JSON',
      target_type: '/AWS::EC2::Instance',
    });
    expect(stepsOf(document.content)).toEqual([
      {
        action: 'aws:runShellScript',
        name: 'drain',
        precondition: { StringEquals: ['platformType', 'Linux'] },
        inputs: {
          timeoutSeconds: String((600 + 30) * 60),
          runCommand: ['systemctl start muster-drain.service'],
        },
      },
    ]);
  });

  test('asks for no more than Systems Manager allows', () => {
    const longest = buildConfig({ fleets: [fleet('linux', { jobLimitMinutes: 2860 })] });
    expect(stepsOf(toDocument(longest))[0]?.inputs.timeoutSeconds).toBe('172800');
  });

  test('starts a unit that instances have', () => {
    const unit = join(__dirname, '../../provision/rootfs/usr/lib/systemd/system/muster-drain.service');
    expect(readFileSync(unit, 'utf8')).toMatch(/^ExecStart=/m);
  });
});

describe('notices to spot instances', () => {
  test('reach the function where a fleet has spot instances', () => {
    const spot = synthesize(buildConfig({ fleets: [fleet('linux', { spotPercent: 50 })] }));
    expect(JSON.parse(spot.resource('aws_cloudwatch_event_rule').event_pattern)).toEqual({
      source: ['aws.ec2'],
      'detail-type': ['EC2 Spot Instance Interruption Warning', 'EC2 Instance Rebalance Recommendation'],
    });
    const [rule] = addresses('aws_cloudwatch_event_rule', spot);
    expect(spot.resources('aws_lambda_permission')).toContainEqual(
      expect.objectContaining({
        principal: 'events.amazonaws.com',
        source_arn: `\${aws_cloudwatch_event_rule.${rule}.arn}`,
      }),
    );
    expect(spot.resource('aws_cloudwatch_event_target').arn).toContain('drain_function');
  });

  test('are of no interest elsewhere', () => {
    expect(stack.resources('aws_cloudwatch_event_rule')).toEqual([]);
  });
});

test.each([
  ['muster-dev-drain-unanswered', 'Muster', 'DrainsUnanswered', { Environment: 'dev' }],
  ['muster-dev-drain-errors', 'AWS/Lambda', 'AsyncEventsDropped', { FunctionName: 'muster-dev-drain' }],
])('one is enough for the alarm %s', (name, namespace, metric_name, dimensions) => {
  expect(named(stack, 'aws_cloudwatch_metric_alarm', name, 'alarm_name')).toMatchObject({
    namespace,
    metric_name,
    dimensions,
    statistic: 'Sum',
    threshold: 1,
    evaluation_periods: 1,
    treat_missing_data: 'notBreaching',
  });
});
