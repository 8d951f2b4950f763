import { ALL_OPTIONS, buildConfig, fleet } from './perfect-config';
import { named, type Synthesized, synthesize } from './synthesize';

describe('a fleet', () => {
  let stack: Synthesized;
  beforeAll(() => {
    stack = synthesize(buildConfig());
  });
  const group = () => stack.resource('aws_autoscaling_group');
  const template = () => stack.resource('aws_launch_template');

  test('starts at nothing and grows to its maximum', () => {
    expect(group()).toMatchObject({ name: 'muster-dev-linux', min_size: 0, max_size: 3 });
    expect(group()).not.toHaveProperty('desired_capacity');
  });

  test('never has its size or its hooks changed by a deploy', () => {
    expect(group().lifecycle.ignore_changes).toEqual(['desired_capacity', 'initial_lifecycle_hook']);
  });

  test('leaves its idle instances to Auto Scaling, unless all are to be protected', () => {
    expect(group().protect_from_scale_in).toBe(false);
    const all = synthesize(buildConfig({ fleets: [fleet('linux', { protection: 'all' })] }));
    expect(all.resource('aws_autoscaling_group').protect_from_scale_in).toBe(true);
  });

  test('is not shrunk by AWS rebalancing', () => {
    expect(group()).toMatchObject({ suspended_processes: ['AZRebalance'], capacity_rebalance: false });
  });

  test('takes the newest version of its template and any of its types', () => {
    const [policy] = [group().mixed_instances_policy].flat();
    expect(policy.launch_template.launch_template_specification).toEqual({
      launch_template_id: expect.stringContaining('aws_launch_template'),
      version: '$Latest',
    });
    expect(policy.launch_template.override).toEqual([
      { instance_type: 'm7i.large' },
      { instance_type: 'm6i.large' },
    ]);
    expect(policy.instances_distribution).toMatchObject({
      on_demand_base_capacity: 0,
      on_demand_percentage_above_base_capacity: 100,
      spot_allocation_strategy: 'price-capacity-optimized',
    });
  });

  test('has both hooks from the beginning', () => {
    expect(group().initial_lifecycle_hook).toEqual([
      {
        name: 'muster-launching',
        lifecycle_transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        heartbeat_timeout: 180,
        default_result: 'ABANDON',
      },
      {
        name: 'muster-terminating',
        lifecycle_transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        heartbeat_timeout: 1800,
        default_result: 'CONTINUE',
        notification_target_arn: 'arn:aws:sns:us-east-1:123456789012:muster-dev-terminating',
        role_arn: 'arn:aws:iam::123456789012:role/muster-dev-terminating',
      },
    ]);
  });

  test('outlives the longest job when it is deleted, and what its drain needs outlives it', () => {
    expect(group().timeouts).toEqual({ delete: '330m' });
    const needs: string[] = group().depends_on;
    for (const type of [
      'aws_iam_role_policy',
      'aws_iam_instance_profile',
      'aws_cloudwatch_log_group',
      'aws_secretsmanager_secret',
      'aws_route',
      'aws_route_table_association',
      'aws_vpc_endpoint',
    ]) {
      expect(needs.filter((address) => address.startsWith(`${type}.`))).not.toHaveLength(0);
    }
  });

  test('shows its metadata to version 2 callers on the machine itself only', () => {
    expect(template().metadata_options).toEqual({
      http_endpoint: 'enabled',
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
      instance_metadata_tags: 'enabled',
    });
  });

  test('has an encrypted disk of its size', () => {
    expect(template().block_device_mappings[0].ebs).toEqual({
      volume_size: 50,
      volume_type: 'gp3',
      encrypted: 'true',
      delete_on_termination: 'true',
    });
  });

  test('ends an instance that powers itself off, and lets nobody in by key', () => {
    expect(template().instance_initiated_shutdown_behavior).toBe('terminate');
    expect(template()).not.toHaveProperty('key_name');
  });

  test('keeps the description that a promotion gave to its version', () => {
    expect(template().lifecycle.ignore_changes).toEqual(['description']);
  });

  test('has its own token secret, empty and gone at once when destroyed', () => {
    const secret = stack
      .resources('aws_secretsmanager_secret')
      .find(({ name }) => name === 'muster/dev/fleet/linux/runner-token');
    expect(secret).toMatchObject({ recovery_window_in_days: 0 });
    expect(stack.resources('aws_secretsmanager_secret_version')).toEqual([]);
  });

  test('has no schedule without hours', () => {
    expect(stack.resources('aws_autoscaling_schedule')).toEqual([]);
  });
});

describe('a fleet with every option', () => {
  let stack: Synthesized;
  beforeAll(() => {
    stack = synthesize(buildConfig(ALL_OPTIONS));
  });
  const tags = {
    team: 'platform',
    'cost-center': '4711',
    tier: 'large',
    Name: 'muster-dev-linux',
    'muster:environment': 'dev',
    'muster:fleet': 'linux',
  };

  test('tags instances, volumes and network interfaces', () => {
    const { tag_specifications } = named(stack, 'aws_launch_template', 'muster-dev-linux');
    expect(tag_specifications).toEqual(
      ['instance', 'volume', 'network-interface'].map((resource_type) => ({ resource_type, tags })),
    );
    expect(named(stack, 'aws_autoscaling_group', 'muster-dev-linux').tag).toEqual(
      Object.entries(tags).map(([key, value]) => ({ key, value, propagate_at_launch: true })),
    );
  });

  test('encrypts with the customer key and lets Auto Scaling use it', () => {
    const key = ALL_OPTIONS.organization.kmsKeyArn;
    const [device] = named(stack, 'aws_launch_template', 'muster-dev-linux').block_device_mappings;
    expect(device.ebs.kms_key_id).toBe(key);
    for (const type of ['aws_cloudwatch_log_group', 'aws_secretsmanager_secret']) {
      expect(stack.resources(type).map(({ kms_key_id }) => kms_key_id)).not.toContain(undefined);
    }
    expect(stack.resource('aws_kms_grant')).toMatchObject({
      key_id: key,
      grantee_principal: expect.stringMatching(/AWSServiceRoleForAutoScaling$/),
    });
  });

  test('keeps every role inside the boundary and the path', () => {
    const roles = stack.resources('aws_iam_role');
    expect(roles).not.toHaveLength(0);
    for (const role of roles) {
      expect(role).toMatchObject({
        path: '/ci/muster/',
        permissions_boundary: ALL_OPTIONS.organization.permissionsBoundaryArn,
      });
    }
  });

  test('buys its share of spot', () => {
    const [policy] = [
      named(stack, 'aws_autoscaling_group', 'muster-dev-linux').mixed_instances_policy,
    ].flat();
    expect(policy.instances_distribution.on_demand_percentage_above_base_capacity).toBe(20);
  });

  test('leaves its share of spot to the scaler, which buys on demand while there is none', () => {
    expect(named(stack, 'aws_autoscaling_group', 'muster-dev-linux').lifecycle.ignore_changes).toContain(
      'mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity',
    );
  });

  test('opens and closes by the clock, and leaves min and max alone', () => {
    expect(
      stack
        .resources('aws_autoscaling_schedule')
        .map(({ recurrence, desired_capacity, min_size, max_size, time_zone }) => ({
          recurrence,
          desired_capacity,
          min_size,
          max_size,
          time_zone,
        })),
    ).toEqual([
      {
        recurrence: '30 19 * * 1,2,3,4,5',
        desired_capacity: 0,
        min_size: -1,
        max_size: -1,
        time_zone: 'Europe/Berlin',
      },
      {
        recurrence: '25 6 * * 1,2,3,4,5',
        desired_capacity: 2,
        min_size: -1,
        max_size: -1,
        time_zone: 'Europe/Berlin',
      },
    ]);
  });
});

describe('a fleet with a warm pool', () => {
  const stack = synthesize(
    buildConfig({ fleets: [fleet('linux', { instanceTypes: ['m7i.large'], warmPool: { stopped: 2 } })] }),
  );
  const group = stack.resource('aws_autoscaling_group');

  test('keeps as many stopped, however many run', () => {
    expect(group.warm_pool).toEqual({
      pool_state: 'Stopped',
      min_size: 2,
      max_group_prepared_capacity: 2,
      instance_reuse_policy: { reuse_on_scale_in: false },
    });
  });

  test('takes its type from the launch template, for a pool and a mixture of types exclude each other', () => {
    expect(group).not.toHaveProperty('mixed_instances_policy');
    expect(group.launch_template).toEqual({
      id: expect.stringContaining('aws_launch_template'),
      version: '$Latest',
    });
    expect(stack.resource('aws_launch_template').instance_type).toBe('m7i.large');
  });

  test('does not wait for stopped instances when it is deleted', () => {
    expect(group.force_delete_warm_pool).toBe(true);
  });

  test('stops instances on their way in as on their way out: with both hooks', () => {
    expect(group.initial_lifecycle_hook).toHaveLength(2);
  });
});

test('no role has a managed policy', () => {
  const stack = synthesize(buildConfig({ fleets: [fleet('linux'), fleet('other')] }));
  expect(stack.resources('aws_iam_role_policy_attachment')).toEqual([]);
  for (const role of stack.resources('aws_iam_role')) expect(role).not.toHaveProperty('managed_policy_arns');
});
