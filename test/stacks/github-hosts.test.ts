/** Hosts of containers: what they are told, may do, and how their group is sized. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toTaskLimitMinutes } from '../../config/groups';
import { toHostsStatements } from '../../stacks/github-ecs/hosts-statements';
import { toHostsEnvironment } from '../../stacks/github-ecs/to-hosts-environment';
import { buildConfig, fleet, githubEcs, WITH_GITHUB } from './perfect-config';
import { type Body, named, synthesize } from './synthesize';

const HOSTS = 'muster-dev-github-hosts';
const CI = join(__dirname, '../../provision/rootfs/usr/lib/muster/ci');

function build(hosts: Record<string, unknown> = {}) {
  const { hosts: perfect } = githubEcs() as { hosts: Body };
  const config = buildConfig({ ...WITH_GITHUB, githubEcs: githubEcs({ hosts: { ...perfect, ...hosts } }) });
  const runners = config.githubEcs;
  if (!runners?.hosts) throw new Error('The config has no hosts.');
  return { config, runners, hosts: runners.hosts };
}

const { config, runners, hosts } = build();
const stack = synthesize(config);
const group = named(stack, 'aws_autoscaling_group', HOSTS);

describe('the group of hosts', () => {
  test('begins empty, and protects each host: ECS says which may go', () => {
    expect(group).toMatchObject({ min_size: 0, max_size: 4, protect_from_scale_in: true });
    expect(group.lifecycle.ignore_changes).toEqual(['desired_capacity', 'initial_lifecycle_hook']);
    expect(stack.resource('aws_ecs_capacity_provider')).toMatchObject({
      name: HOSTS,
      auto_scaling_group_provider: {
        managed_scaling: { status: 'ENABLED', target_capacity: 100, maximum_scaling_step_size: 4 },
        managed_termination_protection: 'ENABLED',
        managed_draining: 'DISABLED',
      },
    });
  });

  test('keeps the tag that ECS gives it, or each deploy would take it away', () => {
    expect(group.tag).toContainEqual({ key: 'AmazonECSManaged', value: 'true', propagate_at_launch: true });
  });

  test('has the hooks of every group, and a delete that waits for the longest task', () => {
    expect(group.initial_lifecycle_hook.map(({ name }: Body) => name)).toEqual([
      'muster-launching',
      'muster-terminating',
    ]);
    // 360 min for the job, 10 to be claimed, 15 for the housekeeper, 30 to leave.
    expect(toTaskLimitMinutes(runners)).toBe(385);
    expect(group.timeouts).toEqual({ delete: '415m' });
    expect(JSON.parse(stack.resource('aws_ssm_document').content).mainSteps[0].inputs.timeoutSeconds).toBe(
      String(415 * 60),
    );
  });

  test('replaces a host that does not replace itself, a day later', () => {
    expect(group.max_instance_lifetime).toBe(8 * 86_400);
    expect(toHostsEnvironment(config, runners, hosts).MUSTER_MAX_AGE).toBe(7 * 86_400);
  });

  test('buys spot as the config says, and hears of what the spot market takes', () => {
    const spot = synthesize(build({ spotPercent: 75 }).config);
    expect(
      named(spot, 'aws_autoscaling_group', HOSTS).mixed_instances_policy.instances_distribution,
    ).toMatchObject({ on_demand_percentage_above_base_capacity: 25 });
    expect(named(spot, 'aws_cloudwatch_event_rule', 'muster-dev-drain-spot')).toBeDefined();
    expect(() => named(stack, 'aws_cloudwatch_event_rule', 'muster-dev-drain-spot')).toThrow();
  });

  test('may stand beside fleets', () => {
    const both = buildConfig({
      ...WITH_GITHUB,
      accounts: { acme: { ci: 'circleci' }, hub: { ci: 'github' } },
      images: { runner: { agents: ['circleci'] }, containers: { agents: ['ecs'], toolchains: ['docker'] } },
      fleets: [fleet('linux')],
    });
    expect(
      synthesize(both)
        .resources('aws_autoscaling_group')
        .map(({ name }) => name),
    ).toEqual(['muster-dev-linux', HOSTS]);
  });
});

describe('a host', () => {
  test('is told its cluster, that it has no token, and not to leave when it is idle', () => {
    expect(toHostsEnvironment(config, runners, hosts)).toMatchObject({
      MUSTER_CI: 'ecs',
      MUSTER_QUEUE: 'muster-dev',
      MUSTER_GROUP: HOSTS,
      MUSTER_SERVES: 'many-jobs',
      MUSTER_PROTECTION: 'all',
      MUSTER_RUNNER_TOKEN_SECRET: '',
      MUSTER_JOB_LIMIT: 385 * 60,
      MUSTER_IDLE_TIMEOUT: 7 * 86_400,
      MUSTER_DOCKER: 'rootful',
      MUSTER_IMAGE_PARAMETER: '/muster/dev/image/containers',
    });
  });

  test('may do with ECS what its scripts and its agent call, in its own cluster alone', () => {
    const sources = readdirSync(CI)
      .filter((name) => name.startsWith('ecs'))
      .map((name) => readFileSync(join(CI, name), 'utf8'))
      .join('\n');
    const byScripts = [...sources.matchAll(/\becs_call ([A-Z][a-z]\w+)/g)].map(([, name]) => name ?? '');
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
    const byAgent = [
      'DiscoverPollEndpoint',
      'Poll',
      'RegisterContainerInstance',
      'StartTelemetrySession',
      'SubmitAttachmentStateChanges',
      'SubmitContainerStateChange',
      'SubmitTaskStateChange',
    ];
    const statements = toHostsStatements(config, hosts).filter(({ Action }) =>
      Action.some((action) => action.startsWith('ecs:')),
    );
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual(
      [...new Set([...byScripts, ...byAgent])].map((name) => `ecs:${name}`).sort(),
    );
    expect(statements.map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:ecs:us-east-1:123456789012:cluster/muster-dev'],
      ['arn:aws:ecs:us-east-1:123456789012:container-instance/muster-dev/*'],
      ['*'],
    ]);
  });

  test('reads no secret, pulls no image and writes no log of a task: roles of the tasks do', () => {
    const actions = toHostsStatements(config, hosts).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /^(secretsmanager|kms|ecr|iam|sts):/.test(action))).toEqual([]);
    expect(named(stack, 'aws_iam_role_policy', `${HOSTS}-instance`).policy).not.toContain('github-runners');
  });
});
