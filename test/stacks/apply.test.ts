/** The real provider against the local AWS: apply, no change on a second plan, destroy to nothing. */
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
import { ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { CreateOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { LAUNCHING_HOOK, TERMINATING_HOOK } from '../../config/names';
import { publishHooks } from '../../scripts/publish-hooks';
import { deregisterAll } from '../../scripts/runner-image/tidy-revisions';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { until } from '../local/until';
import { type Deployed, REGION, startDeployed } from './deployed';
import { ALL_OPTIONS, buildConfig, fleet, gitlabFleet, WITH_GITLAB } from './perfect-config';

const MINUTES = 60_000;

describe('an environment on the local AWS', () => {
  let deployed: Deployed;
  let ec2: EC2Client;
  let groups: AutoScalingClient;
  beforeEach(async () => {
    deployed = await startDeployed();
    ec2 = new EC2Client({ ...deployed.aws.client, region: REGION });
    groups = new AutoScalingClient({ ...deployed.aws.client, region: REGION });
  });
  afterEach(() => deployed.end());

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
    const { AutoScalingGroups = [] } = await groups.send(new DescribeAutoScalingGroupsCommand({}));
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
    return [...deployed.readState(), ...AutoScalingGroups, ...Vpcs.filter(({ IsDefault }) => !IsDefault)];
  }

  /** Somebody else's provider, which the environment takes over. */
  const vouch = (Url: string) =>
    new IAMClient({ ...deployed.aws.client, region: REGION }).send(
      new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['sts.amazonaws.com'] }),
    );

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
    const client = { ...deployed.aws.client, region: REGION };
    await new SSMClient(client).send(new DescribeDocumentCommand({ Name: 'muster-dev-drain' }));
    await new LambdaClient(client).send(new GetFunctionCommand({ FunctionName: 'muster-dev-drain' }));
  }

  test(
    'with every option: applies, shows no change on a second plan, destroys to nothing',
    async () => {
      const kmsKeyArn = await deployed.account.createKey();
      const organization = { ...ALL_OPTIONS.organization, kmsKeyArn };
      await deployed.account.promote(await deployed.account.bake());
      await deployed.account.promote(await deployed.account.bake(), 'builder');
      await deployed.account.promote(await deployed.account.bake(), 'containers');
      await vouch('https://github.example.com/_services/token');
      await deployed.use(buildConfig({ ...ALL_OPTIONS, organization }));
      await deployed.apply();
      expect(await deployed.readChanges()).toEqual([]);

      const next = await deployed.account.bake();
      await deployed.account.promote(next);
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
      expect(await deployed.readChanges()).toEqual([]);

      await deployed.destroy();
      // As make destroy does after.
      const ecs = new ECSClient({ ...deployed.aws.client, region: REGION });
      await deregisterAll(ecs, 'dev');
      const { taskDefinitionArns } = await ecs.send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' }));
      expect(taskDefinitionArns).toEqual([]);
      expect(await readWhatIsLeft()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    'that lives: its size, the memory of its scaler and a promotion are no change; a destroy drains, even without the image',
    async () => {
      await deployed.account.promote(await deployed.account.bake());
      await deployed.use(buildConfig());
      await deployed.apply();

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
      const next = await deployed.account.bake();
      await deployed.account.promote(next);
      await promoteTo(group, next);
      expect(await deployed.readChanges()).toEqual([]);

      await ec2.send(new DeregisterImageCommand({ ImageId: next }));
      const gone = await deployed.planError();
      expect(gone).toContain(`${next}, is not in this account and region any more`);
      expect(gone).toContain('make ami ENV=dev IMAGE=runner');

      // The provider takes protection off every instance, which AWS refuses for one that is on its way out: docs/operating.md.
      await terminateBusy(groups, group);
      const refused = await deployed.try('destroy', '-auto-approve');
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

      await Promise.all([deployed.destroy(), drainAll(groups, group, verifyDrainPath)]);
      expect(await readWhatIsLeft()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    'is refused with a remedy when no image fits, or the account is another',
    async () => {
      const remedy = 'make ami ENV=dev IMAGE=runner';
      await deployed.use(
        buildConfig({
          ...WITH_GITLAB,
          images: { runner: { agents: ['circleci', 'gitlab'] } },
          fleets: [fleet('linux'), gitlabFleet('forge', { image: 'runner' })],
        }),
      );
      const missing = await deployed.planError();
      expect(missing).toContain('No image "runner" is promoted for environment "dev"');
      expect(missing).toContain(remedy);

      await deployed.account.promote(
        await deployed.account.bake({
          architecture: 'arm64',
          // Baked before GitLab was known, for others.
          tags: { 'muster:environment': 'prd', 'muster:contract': '1', 'muster:agents': 'circleci' },
        }),
      );
      const unfit = await deployed.planError();
      expect(unfit).toContain('belongs to environment "prd", this is "dev"');
      expect(unfit).toContain(`understands boot contract "1", this deploy speaks "${BOOT_CONTRACT}"`);
      expect(unfit).toContain('has the agents "circleci", but a fleet needs "gitlab"');
      expect(unfit).toContain('is arm64, but the config says x86_64');
      expect(unfit).toContain(remedy);

      await deployed.account.promote(await deployed.account.bake());
      deployed.synthesize(buildConfig({ aws: { accountId: '999999999999', region: REGION } }));
      expect(await deployed.planError()).toContain('AWS account ID not allowed: 123456789012');
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
