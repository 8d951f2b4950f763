import { ALL_OPTIONS, buildConfig, fleet } from './perfect-config';
import { type Body, synthesize } from './synthesize';

/** Attributes that name a thing in the account, or outside of it. */
const NAMING = new Set([
  'name',
  'bucket',
  'function_name',
  'alarm_name',
  'scheduled_action_name',
  'log_group_name',
]);

/** Names within something that has a name of its own. */
const LOCAL = new Set(['muster-launching', 'muster-terminating']);

function toNames(stack: Body): string[] {
  return Object.entries<Record<string, Body>>(stack.resource)
    .filter(([type]) => type !== 'aws_autoscaling_schedule')
    .flatMap(([type, byAddress]) =>
      Object.values(byAddress).flatMap((body) =>
        Object.entries(body)
          .filter(([key, value]) => NAMING.has(key) && !String(value).startsWith('${'))
          .map(([, value]) => `${type} ${value}`),
      ),
    )
    .filter((name) => !LOCAL.has(name));
}

describe('two environments in one account', () => {
  const options = { ...ALL_OPTIONS, fleets: [fleet('linux'), fleet('other')] };
  const dev = synthesize(buildConfig(options, 'dev')).stack;
  const prd = synthesize(buildConfig(options, 'prd')).stack;

  test('have names', () => {
    expect(toNames(dev)).not.toHaveLength(0);
  });

  test('share none of them', () => {
    expect(toNames(dev).filter((name) => toNames(prd).includes(name))).toEqual([]);
  });

  test('look up different images', () => {
    const [path] = Object.values<Body>(dev.data.aws_ssm_parameters_by_path);
    expect(path?.path).toBe('/muster/dev/image');
  });

  test('grant nothing on each other', () => {
    const policies = Object.values<Body>(dev.resource.aws_iam_role_policy).map(({ policy }) => policy);
    expect(policies.join()).not.toContain('prd');
    expect(policies.join()).not.toMatch(/muster-\*|muster\/\*/);
  });
});

describe('one environment', () => {
  test('gives no name twice', () => {
    const names = toNames(synthesize(buildConfig({ fleets: [fleet('linux'), fleet('other')] })).stack);
    expect(new Set(names).size).toBe(names.length);
  });

  test('has roles whose names AWS accepts, at the longest environment and fleet', () => {
    const longest = 'a'.repeat(24);
    const stack = synthesize(buildConfig({ fleets: [fleet(longest)] }, 'e'.repeat(20)));
    const names = stack.resources('aws_iam_role').map(({ name }) => name as string);
    expect(names.filter((name) => name.length > 64)).toEqual([]);
  });
});

/** Another address is a destroyed and a new resource: jobs killed, tokens gone, logs gone. */
test('what holds state keeps its address in Terraform', () => {
  const { resource } = synthesize(buildConfig()).stack;
  const addresses = [
    'aws_autoscaling_group',
    'aws_cloudwatch_log_group',
    'aws_launch_template',
    'aws_secretsmanager_secret',
    'aws_sns_topic',
    'aws_vpc',
  ].flatMap((type) => Object.keys(resource[type]).map((name) => `${type}.${name}`));
  expect(addresses.sort()).toEqual([
    'aws_autoscaling_group.fleet-linux_group_51FF02F2',
    'aws_cloudwatch_log_group.control_housekeeper_logs_C645B737',
    'aws_cloudwatch_log_group.control_scaler_logs_A6864209',
    'aws_cloudwatch_log_group.drain_function_logs_FBABCA4E',
    'aws_cloudwatch_log_group.fleet-linux_logs_A01F106D',
    'aws_cloudwatch_log_group.smoke_logs_F919B6D0',
    'aws_launch_template.fleet-linux_template_A40DF2D9',
    'aws_secretsmanager_secret.control_tokens_acme_1F56BB64',
    'aws_secretsmanager_secret.fleet-linux_runner-token_B2E64308',
    'aws_sns_topic.control_alarms_topic_BEC08428',
    'aws_sns_topic.drain_topic_87C83D93',
    'aws_vpc.network_vpc_4E8F0223',
  ]);
});
