/** The real provider against the local AWS: apply, no change on a second plan, destroy to nothing. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  PutLifecycleHookCommand,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateVersionCommand,
  DeregisterImageCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { LAUNCHING_HOOK, TERMINATING_HOOK } from '../../config/names';
import type { Config } from '../../config/schema';
import { publishHooks } from '../../scripts/publish-hooks';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { type LocalAws, startLocalAws } from '../local/start-local-aws';
import { until } from '../local/until';
import { type LocalAccount, openAccount } from './local-account';
import { MOTO_DRIFT } from './moto-drift';
import { ALL_OPTIONS, buildConfig, fleet, gitlabFleet, WITH_GITLAB } from './perfect-config';
import { synthesizeInto } from './synthesize';
import { mustTerraform, terraform } from './terraform';

const REGION = 'us-east-1';
const MINUTES = 60_000;

describe('an environment on the local AWS', () => {
  let aws: LocalAws;
  let account: LocalAccount;
  let directory: string;
  let stack: string;
  let ec2: EC2Client;
  let groups: AutoScalingClient;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'muster-apply-'));
    aws = await startLocalAws();
    account = openAccount(aws, REGION);
    ec2 = new EC2Client({ ...aws.client, region: REGION });
    groups = new AutoScalingClient({ ...aws.client, region: REGION });
  }, MINUTES);
  afterEach(async () => {
    await aws.stop();
    rmSync(directory, { recursive: true });
  });

  const variables = () => ({
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'operator',
    AWS_SECRET_ACCESS_KEY: 'operator',
    // The provider would try 25 times to reach what the emulator does not have.
    AWS_MAX_ATTEMPTS: '2',
  });
  const must = (...args: string[]) =>
    mustTerraform(stack, [...args, '-input=false', '-no-color'], variables());
  const use = async (config: Config) => {
    stack = synthesizeInto(directory, config);
    await must('init');
  };
  const apply = () => must('apply', '-auto-approve');
  const destroy = () => must('destroy', '-auto-approve');

  /** Addresses that a plan would change, but for those that the emulator is known to make up. */
  async function readChanges(): Promise<string[]> {
    const { stdout } = await must('plan', '-json');
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'planned_change')
      .map(({ change }) => `${change.action} ${change.resource.addr}`)
      .filter((change) => !MOTO_DRIFT.some(({ address }) => address.test(change)));
  }

  const promoteTo = (template: string, image: string) =>
    ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateName: template,
        SourceVersion: '$Latest',
        VersionDescription: `promoted ${image}`,
        LaunchTemplateData: { ImageId: image },
      }),
    );

  async function readType(template: string): Promise<string | undefined> {
    const { LaunchTemplateVersions = [] } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: template, Versions: ['$Latest'] }),
    );
    return LaunchTemplateVersions[0]?.LaunchTemplateData?.InstanceType;
  }

  async function readWhatIsLeft(): Promise<unknown[]> {
    const state = JSON.parse(readFileSync(join(directory, 'terraform.muster-dev.tfstate'), 'utf8'));
    const { AutoScalingGroups = [] } = await groups.send(new DescribeAutoScalingGroupsCommand({}));
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
    return [...state.resources, ...AutoScalingGroups, ...Vpcs.filter(({ IsDefault }) => !IsDefault)];
  }

  const readTarget = async (group: string) => {
    const { LifecycleHooks = [] } = await groups.send(
      new DescribeLifecycleHooksCommand({
        AutoScalingGroupName: group,
        LifecycleHookNames: [TERMINATING_HOOK],
      }),
    );
    return LifecycleHooks[0]?.NotificationTargetARN;
  };

  /** Throws unless there is still what tells an instance to drain. */
  async function verifyDrainPath(): Promise<void> {
    const client = { ...aws.client, region: REGION };
    await new SSMClient(client).send(new DescribeDocumentCommand({ Name: 'muster-dev-drain' }));
    await new LambdaClient(client).send(new GetFunctionCommand({ FunctionName: 'muster-dev-drain' }));
  }

  async function planError(): Promise<string> {
    const { status, output } = await terraform(stack, ['plan', '-input=false', '-no-color'], variables());
    expect(status).toBe(1);
    return output.replace(/\s+/g, ' ');
  }

  test(
    'with every option: applies, shows no change on a second plan, destroys to nothing',
    async () => {
      const kmsKeyArn = await account.createKey();
      const organization = { ...ALL_OPTIONS.organization, kmsKeyArn };
      await account.promote(await account.bake());
      await account.promote(await account.bake(), 'builder');
      await use(buildConfig({ ...ALL_OPTIONS, organization }));
      await apply();
      expect(await readChanges()).toEqual([]);

      const next = await account.bake();
      await account.promote(next);
      // The fleet with a warm pool takes its type from the template: a promotion's version keeps it.
      for (const group of ['muster-dev-linux', 'muster-dev-other']) await promoteTo(group, next);
      expect(await readType('muster-dev-other')).toBe('m7i.large');
      // The scaler, while there is no spot capacity.
      const InstancesDistribution = { OnDemandPercentageAboveBaseCapacity: 100 };
      await groups.send(
        new UpdateAutoScalingGroupCommand({
          AutoScalingGroupName: 'muster-dev-linux',
          MixedInstancesPolicy: { InstancesDistribution },
        }),
      );
      expect(await readChanges()).toEqual([]);

      await destroy();
      expect(await readWhatIsLeft()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    'that lives: its size, the memory of its scaler and a promotion are no change; a destroy drains, even without the image',
    async () => {
      await account.promote(await account.bake());
      await use(buildConfig());
      await apply();

      const group = 'muster-dev-linux';
      const target = await readTarget(group);
      expect(target).toBe('arn:aws:sns:us-east-1:123456789012:muster-dev-terminating');
      // As a deploy made it before there was a topic.
      await groups.send(
        new PutLifecycleHookCommand({
          AutoScalingGroupName: group,
          LifecycleHookName: TERMINATING_HOOK,
          NotificationTargetARN: '',
        }),
      );
      expect(await readTarget(group)).toBeUndefined();
      await publishHooks(groups, buildConfig(), { now: Date.now, sleep: async () => {}, print: () => {} });
      expect(await readTarget(group)).toBe(target);

      await groups.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: 2 }));
      const memory = { Key: 'muster:scaler', Value: '{}', PropagateAtLaunch: false };
      await groups.send(
        new CreateOrUpdateTagsCommand({
          Tags: [{ ResourceId: group, ResourceType: 'auto-scaling-group', ...memory }],
        }),
      );
      const next = await account.bake();
      await account.promote(next);
      await promoteTo(group, next);
      expect(await readChanges()).toEqual([]);

      await ec2.send(new DeregisterImageCommand({ ImageId: next }));
      const gone = await planError();
      expect(gone).toContain(`${next}, is not in this account and region any more`);
      expect(gone).toContain('make ami ENV=dev IMAGE=runner');

      // The provider takes protection off every instance, which AWS refuses for one that is on its way out: docs/operating.md.
      await terminateBusy(groups, group);
      const refused = await terraform(
        stack,
        ['destroy', '-auto-approve', '-input=false', '-no-color'],
        variables(),
      );
      expect(refused.output.replace(/\s+/g, ' ')).toContain('is not in InService');
      await verifyDrainPath();
      await groups.send(
        new CompleteLifecycleActionCommand({
          AutoScalingGroupName: group,
          InstanceId: await readFirst(groups, group),
          LifecycleHookName: TERMINATING_HOOK,
          LifecycleActionResult: 'CONTINUE',
        }),
      );

      await Promise.all([destroy(), drainAll(groups, group, verifyDrainPath)]);
      expect(await readWhatIsLeft()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    'is refused with a remedy when no image fits, or the account is another',
    async () => {
      const remedy = 'make ami ENV=dev IMAGE=runner';
      await use(
        buildConfig({
          ...WITH_GITLAB,
          images: { runner: { agents: ['circleci', 'gitlab'] } },
          fleets: [fleet('linux'), gitlabFleet('forge', { image: 'runner' })],
        }),
      );
      const missing = await planError();
      expect(missing).toContain('No image "runner" is promoted for environment "dev"');
      expect(missing).toContain(remedy);

      await account.promote(
        await account.bake({
          architecture: 'arm64',
          // Baked before GitLab was known, for others.
          tags: { 'muster:environment': 'prd', 'muster:contract': '1', 'muster:agents': 'circleci' },
        }),
      );
      const unfit = await planError();
      expect(unfit).toContain('belongs to environment "prd", this is "dev"');
      expect(unfit).toContain(`understands boot contract "1", this deploy speaks "${BOOT_CONTRACT}"`);
      expect(unfit).toContain('has the agents "circleci", but a fleet needs "gitlab"');
      expect(unfit).toContain('is arm64, but the config says x86_64');
      expect(unfit).toContain(remedy);

      await account.promote(await account.bake());
      synthesizeInto(directory, buildConfig({ aws: { accountId: '999999999999', region: REGION } }));
      expect(await planError()).toContain('AWS account ID not allowed: 123456789012');
    },
    5 * MINUTES,
  );
});

/** An instance of the group with a job, ended by hand: it waits for its drain. */
async function terminateBusy(groups: AutoScalingClient, group: string): Promise<void> {
  const InstanceId = await readFirst(groups, group);
  const of = { AutoScalingGroupName: group, InstanceId };
  await groups.send(
    new CompleteLifecycleActionCommand({
      ...of,
      LifecycleHookName: LAUNCHING_HOOK,
      LifecycleActionResult: 'CONTINUE',
    }),
  );
  await groups.send(
    new SetInstanceProtectionCommand({
      AutoScalingGroupName: group,
      InstanceIds: [InstanceId],
      ProtectedFromScaleIn: true,
    }),
  );
  await groups.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: true }),
  );
}

async function readFirst(groups: AutoScalingClient, group: string): Promise<string> {
  const { AutoScalingGroups = [] } = await groups.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
  );
  const instances = AutoScalingGroups[0]?.Instances ?? [];
  const id = (instances.find(({ LifecycleState }) => LifecycleState === 'Terminating:Wait') ?? instances[0])
    ?.InstanceId;
  if (!id) throw new Error(`${group} has no instance.`);
  return id;
}

/** What instances do: say that they are ready, and when they are to go, that they are done. Until the group is gone. */
async function drainAll(
  groups: AutoScalingClient,
  group: string,
  verify: () => Promise<void>,
): Promise<void> {
  await until(
    'the group is gone',
    async () => {
      const { AutoScalingGroups = [] } = await groups.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
      );
      for (const { InstanceId, LifecycleState } of AutoScalingGroups[0]?.Instances ?? []) {
        if (!LifecycleState?.endsWith(':Wait')) continue;
        await verify();
        const LifecycleHookName = LifecycleState.startsWith('Pending') ? LAUNCHING_HOOK : TERMINATING_HOOK;
        await groups.send(
          new CompleteLifecycleActionCommand({
            AutoScalingGroupName: group,
            InstanceId,
            LifecycleHookName,
            LifecycleActionResult: 'CONTINUE',
          }),
        );
      }
      return AutoScalingGroups.length === 0;
    },
    Boolean,
    300,
  );
}
