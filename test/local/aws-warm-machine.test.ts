/** The local AWS and a real machine: into the warm pool, and out of it with what it had. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingInstancesCommand,
  PutWarmPoolCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { type Cloud, startCloud } from '../../local/cloud';
import { describeAsRoot } from '../as-root';
import { LAUNCHING, prepareAccount } from './aws-fleet';
import { readBase } from './machines-cloud';
import { until } from './until';

const MINUTES = 60_000;
const GROUP = { AutoScalingGroupName: 'fleet' };

describeAsRoot('a machine of a warm pool', () => {
  let cloud: Cloud;
  let runDir: string;
  beforeAll(async () => {
    runDir = mkdtempSync(join(tmpdir(), 'muster-warm-'));
    cloud = await startCloud({ runDir });
  });
  afterAll(async () => {
    await cloud?.stop();
    rmSync(runDir, { recursive: true, force: true });
  });

  test(
    'is stopped when it is prepared, and started again with its disk when the group grows',
    async () => {
      const client = {
        endpoint: cloud.awsEndpointUrl,
        region: 'eu-central-1',
        credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
        maxAttempts: 1,
      };
      const [ec2, groups] = [new EC2Client(client), new AutoScalingClient(client)];
      const { ImageId } = await ec2.send(
        new RegisterImageCommand({
          Name: 'base',
          TagSpecifications: [
            { ResourceType: 'image', Tags: [{ Key: 'local:rootfs', Value: (await readBase()).rootfs }] },
          ],
        }),
      );
      const { subnets } = await prepareAccount({ client });
      await ec2.send(
        new CreateLaunchTemplateCommand({
          LaunchTemplateName: 'base',
          LaunchTemplateData: {
            ImageId,
            InstanceType: 'm7i.large',
            InstanceInitiatedShutdownBehavior: 'terminate',
          },
        }),
      );
      await groups.send(
        new CreateAutoScalingGroupCommand({
          ...GROUP,
          MinSize: 0,
          MaxSize: 1,
          LaunchTemplate: { LaunchTemplateName: 'base', Version: '$Latest' },
          VPCZoneIdentifier: subnets,
          LifecycleHookSpecificationList: [LAUNCHING],
        }),
      );
      await groups.send(new PutWarmPoolCommand({ ...GROUP, MinSize: 1, MaxGroupPreparedCapacity: 1 }));

      const look = async () =>
        (await groups.send(new DescribeAutoScalingInstancesCommand({}))).AutoScalingInstances ?? [];
      const reaches = (state: string) =>
        until(state, look, (all) => all.some((one) => one.LifecycleState === state), 120);
      const [{ InstanceId = '' } = {}] = await reaches('Warmed:Pending:Wait');
      const run = (...command: string[]) => cloud.exec(InstanceId, command).catch(() => ({ code: 1 }));
      const isUp = () =>
        until(
          'up',
          () => run('test', '-d', '/run/systemd/system'),
          ({ code }) => code === 0,
          120,
        );
      const complete = () =>
        groups.send(
          new CompleteLifecycleActionCommand({
            ...GROUP,
            InstanceId,
            LifecycleHookName: LAUNCHING.LifecycleHookName,
            LifecycleActionResult: 'CONTINUE',
          }),
        );
      await isUp();
      expect(await run('sh', '-c', 'echo prepared >/var/lib/prepared; touch /run/prepared')).toMatchObject({
        code: 0,
      });
      await complete();
      await reaches('Warmed:Stopped');
      await groups.send(new SetDesiredCapacityCommand({ ...GROUP, DesiredCapacity: 1 }));
      await reaches('Pending:Wait');
      await isUp();
      expect(await run('grep', 'prepared', '/var/lib/prepared')).toMatchObject({ code: 0 });
      expect(await run('test', '-e', '/run/prepared')).toMatchObject({ code: 1 });
      await complete();
      const all = await reaches('InService');
      expect(all.find((one) => one.LifecycleState === 'InService')).toMatchObject({ InstanceId });
      await groups.send(new DeleteAutoScalingGroupCommand({ ...GROUP, ForceDelete: true }));
      await until('all gone', look, (left) => left.length === 0);
    },
    6 * MINUTES,
  );
});
