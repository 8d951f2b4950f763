/** The real provider against the local AWS: apply, no change on a second plan, destroy to nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AutoScalingClient,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeVpcsCommand,
  EC2Client,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type LocalAws, startLocalAws } from '../local/start-local-aws';
import { MOTO_DRIFT } from './moto-drift';
import { ALL_OPTIONS, buildConfig } from './perfect-config';
import { synthesizeInto } from './synthesize';
import { mustTerraform, type TerraformResult, terraform } from './terraform';

const REGION = 'us-east-1';
const MINUTES = 60_000;

describe('an environment on the local AWS', () => {
  let aws: LocalAws;
  let directory: string;
  let stack: string;
  let clients: { ec2: EC2Client; ssm: SSMClient; groups: AutoScalingClient };
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'muster-apply-'));
    aws = await startLocalAws();
    const client = { ...aws.client, region: REGION };
    clients = {
      ec2: new EC2Client(client),
      ssm: new SSMClient(client),
      groups: new AutoScalingClient(client),
    };
  }, MINUTES);
  afterEach(async () => {
    await aws.stop();
    rmSync(directory, { recursive: true });
  });

  const run = (args: string[]): Promise<TerraformResult> =>
    terraform(stack, [...args, '-no-color'], {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: 'operator',
      AWS_SECRET_ACCESS_KEY: 'operator',
      // The provider would try 25 times to reach what the emulator does not have.
      AWS_MAX_ATTEMPTS: '2',
    });
  const mustRun = async (args: string[]) => {
    const result = await run(args);
    if (result.status !== 0) throw new Error(`terraform ${args.join(' ')} failed:\n${result.output}`);
  };
  const synthesizeAndInit = async (config: Parameters<typeof synthesizeInto>[1]) => {
    stack = synthesizeInto(directory, config);
    await mustTerraform(stack, ['init', '-input=false']);
  };

  async function bake(tags: Record<string, string> = {}): Promise<string> {
    const { ImageId: id = '' } = await clients.ec2.send(
      new RegisterImageCommand({
        Name: `image-${Date.now()}`,
        Architecture: 'x86_64',
        RootDeviceName: '/dev/xvda',
      }),
    );
    const all = { 'muster:contract': '1', 'muster:agents': 'circleci', 'muster:image': 'runner', ...tags };
    await clients.ec2.send(
      new CreateTagsCommand({
        Resources: [id],
        Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    return id;
  }
  const promote = (id: string) =>
    clients.ssm.send(
      new PutParameterCommand({
        Name: '/muster/dev/image/runner',
        Value: id,
        Type: 'String',
        Overwrite: true,
      }),
    );

  /** Addresses that a plan would change, but for those that the emulator is known to make up. */
  async function readChanges(): Promise<string[]> {
    const file = join(directory, 'plan');
    await mustRun(['plan', '-input=false', `-out=${file}`]);
    const { stdout } = await terraform(stack, ['show', '-json', file]);
    const { resource_changes = [] } = JSON.parse(stdout) as {
      resource_changes?: { address: string; change: { actions: string[] } }[];
    };
    return resource_changes
      .filter(({ change }) => change.actions.join() !== 'no-op' && change.actions.join() !== 'read')
      .map(({ address }) => address)
      .filter((address) => !MOTO_DRIFT.some((drift) => drift.address.test(address)));
  }

  const readState = async () =>
    (await terraform(stack, ['state', 'list'])).stdout.split('\n').filter(Boolean);

  test.each([
    ['with every default', {}],
    ['with every option', ALL_OPTIONS],
  ])(
    '%s: applies, shows no change on a second plan, and destroys to nothing',
    async (_, options) => {
      await promote(await bake());
      await synthesizeAndInit(buildConfig(options));
      await mustRun(['apply', '-auto-approve', '-input=false']);
      expect(await readChanges()).toEqual([]);

      await mustRun(['destroy', '-auto-approve', '-input=false']);
      expect(await readState()).toEqual([]);
      const { AutoScalingGroups } = await clients.groups.send(new DescribeAutoScalingGroupsCommand({}));
      expect(AutoScalingGroups).toEqual([]);
      const { Vpcs } = await clients.ec2.send(new DescribeVpcsCommand({}));
      expect(Vpcs?.filter(({ IsDefault }) => !IsDefault)).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    'that lives is left alone: its size, the memory of its scaler, and a promotion',
    async () => {
      await promote(await bake());
      await synthesizeAndInit(buildConfig());
      await mustRun(['apply', '-auto-approve', '-input=false']);
      const group = { AutoScalingGroupName: 'muster-dev-linux' };
      await clients.groups.send(new SetDesiredCapacityCommand({ ...group, DesiredCapacity: 2 }));
      await clients.groups.send(
        new CreateOrUpdateTagsCommand({
          Tags: [
            {
              ResourceId: group.AutoScalingGroupName,
              ResourceType: 'auto-scaling-group',
              Key: 'muster:scaler',
              Value: '{}',
              PropagateAtLaunch: false,
            },
          ],
        }),
      );
      const next = await bake();
      await promote(next);
      await clients.ec2.send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateName: 'muster-dev-linux',
          SourceVersion: '$Latest',
          VersionDescription: `promoted ${next}`,
          LaunchTemplateData: { ImageId: next },
        }),
      );
      expect(await readChanges()).toEqual([]);
    },
    5 * MINUTES,
  );

  describe('refuses a plan, and names the remedy,', () => {
    const planError = async () => {
      const { status, output } = await run(['plan', '-input=false']);
      expect(status).toBe(1);
      return output.replace(/\s+/g, ' ');
    };
    const remedy = 'make ami ENV=dev IMAGE=runner';

    test(
      'when the image is missing, unfit or gone, but never a destroy',
      async () => {
        await synthesizeAndInit(buildConfig());
        const missing = await planError();
        expect(missing).toContain('No image "runner" is promoted for environment "dev"');
        expect(missing).toContain(remedy);

        await promote(await bake({ 'muster:contract': '0' }));
        const old = await planError();
        expect(old).toContain('understands boot contract "0", this deploy speaks "1"');
        expect(old).toContain(remedy);

        await promote(await bake({ 'muster:agents': 'gitlab' }));
        const unfit = await planError();
        expect(unfit).toContain('has the agents "gitlab", but a fleet needs "circleci"');
        expect(unfit).toContain(remedy);

        const image = await bake();
        await promote(image);
        await mustRun(['apply', '-auto-approve', '-input=false']);
        await clients.ec2.send(new DeregisterImageCommand({ ImageId: image }));
        const gone = await planError();
        expect(gone).toContain(`${image}, is not in this account and region any more`);
        expect(gone).toContain(remedy);

        await mustRun(['destroy', '-auto-approve', '-input=false']);
        expect(await readState()).toEqual([]);
      },
      5 * MINUTES,
    );

    test(
      'in an account that the config does not name',
      async () => {
        await promote(await bake());
        await synthesizeAndInit(buildConfig({ aws: { accountId: '999999999999', region: REGION } }));
        expect(await planError()).toContain('AWS account ID not allowed: 123456789012');
      },
      2 * MINUTES,
    );
  });
});
