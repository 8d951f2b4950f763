/** Terraform's own provider and a group of the local AWS: what AWS changes by itself, or is told, is no change of the plan. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { mustTerraform } from '../stacks/terraform';
import { type Account, prepareAccount } from './aws-fleet';
import { makeTopic, type Topic } from './aws-topics';
import { type LocalAws, startLocalAws } from './start-local-aws';
import { until } from './until';

const MINUTES = 60_000;
const NAMED = { AutoScalingGroupName: 'fleet' };

let aws: LocalAws;
let account: Account;
let topic: Topic;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'muster-group-'));
  aws = await startLocalAws();
  account = await prepareAccount(aws);
  topic = await makeTopic(aws, 'terminating');
});
afterAll(async () => {
  await aws?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const toConfiguration = () => ({
  terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '5.100.0' } } },
  provider: { aws: { region: aws.client.region, max_retries: 1 } },
  resource: {
    aws_autoscaling_group: {
      fleet: {
        name: NAMED.AutoScalingGroupName,
        min_size: 0,
        max_size: 3,
        protect_from_scale_in: true,
        vpc_zone_identifier: account.subnets.split(','),
        suspended_processes: ['AZRebalance'],
        wait_for_capacity_timeout: '0',
        initial_lifecycle_hook: [
          {
            name: 'terminating',
            lifecycle_transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
            heartbeat_timeout: 1800,
            default_result: 'CONTINUE',
            notification_target_arn: topic.topicArn,
            role_arn: topic.roleArn,
          },
        ],
        mixed_instances_policy: {
          launch_template: {
            launch_template_specification: { launch_template_id: account.templateId, version: '$Latest' },
            override: [{ instance_type: 'c7i.large' }, { instance_type: 'm7i.large' }],
          },
          instances_distribution: {
            on_demand_base_capacity: 0,
            on_demand_percentage_above_base_capacity: 0,
            on_demand_allocation_strategy: 'prioritized',
            spot_allocation_strategy: 'price-capacity-optimized',
          },
        },
        lifecycle: {
          ignore_changes: [
            'desired_capacity',
            'initial_lifecycle_hook',
            'mixed_instances_policy[0].instances_distribution[0].on_demand_percentage_above_base_capacity',
          ],
        },
      },
    },
  },
});
const run = (...args: string[]) =>
  mustTerraform(directory, [...args, '-input=false', '-no-color'], {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'operator',
    AWS_SECRET_ACCESS_KEY: 'operator',
  });
const readGroup = async () => {
  const answer = await account.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [NAMED.AutoScalingGroupName] }),
  );
  return answer.AutoScalingGroups?.[0];
};

test(
  'a group with a notified hook is created, keeps what only AWS was told, and drains its protected instances when destroyed',
  async () => {
    writeFileSync(join(directory, 'main.tf.json'), JSON.stringify(toConfiguration()));
    await run('init');
    await run('apply', '-auto-approve');
    expect((await topic.messages()).map(({ Event }) => Event)).toEqual(['autoscaling:TEST_NOTIFICATION']);
    const hooks = await account.autoScaling.send(new DescribeLifecycleHooksCommand(NAMED));
    expect(hooks.LifecycleHooks).toMatchObject([
      { NotificationTargetARN: topic.topicArn, RoleARN: topic.roleArn },
    ]);

    await account.autoScaling.send(new SetDesiredCapacityCommand({ ...NAMED, DesiredCapacity: 2 }));
    await account.autoScaling.send(
      new UpdateAutoScalingGroupCommand({
        ...NAMED,
        MixedInstancesPolicy: { InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 100 } },
      }),
    );
    expect((await run('plan')).stdout).toContain('No changes.');

    const destroyed = run('destroy', '-auto-approve');
    const waiting = await until(
      'all drain',
      async () => (await readGroup())?.Instances ?? [],
      (all) => all.length === 2 && all.every((one) => one.LifecycleState === 'Terminating:Wait'),
      120,
    );
    for (const { InstanceId } of waiting)
      await account.autoScaling.send(
        new CompleteLifecycleActionCommand({
          ...NAMED,
          InstanceId,
          LifecycleHookName: 'terminating',
          LifecycleActionResult: 'CONTINUE',
        }),
      );
    await destroyed;
    expect(await readGroup()).toBeUndefined();
  },
  8 * MINUTES,
);
