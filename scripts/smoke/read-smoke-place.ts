import { type CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { instanceSecurityGroup, smokeLogGroup } from '../../config/names';
import type { Config } from '../../config/schema';

/** Where a new image is booted to prove itself: where the fleets' instances live. */
export interface SmokePlace {
  kind: 'ready';
  securityGroupId: string;
  /** Tried in turn: a zone can be out of machines. */
  subnetIds: string[];
  publicIp: boolean;
}

/** All of it comes with a deploy, which needs an image first. */
export type SmokeSetup = SmokePlace | { kind: 'missing'; why: string };

export async function readSmokeSetup(
  { ec2, logs }: { ec2: EC2Client; logs: CloudWatchLogsClient },
  { environment, network }: Config,
): Promise<SmokeSetup> {
  const missing = (why: string): SmokeSetup => ({ kind: 'missing', why });
  const logGroup = smokeLogGroup(environment);
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroup }));
  if (!logGroups.some(({ logGroupName }) => logGroupName === logGroup))
    return missing(`the log group ${logGroup} is not deployed yet`);

  const name = instanceSecurityGroup(environment);
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'group-name', Values: [name] },
        ...(network.kind === 'existing' ? [{ Name: 'vpc-id', Values: [network.vpcId] }] : []),
      ],
    }),
  );
  const group = SecurityGroups[0];
  if (!group?.GroupId || !group.VpcId) return missing(`the security group ${name} is not deployed yet`);
  if (network.kind === 'existing') {
    const { subnetIds, publicIp } = network;
    return { kind: 'ready', securityGroupId: group.GroupId, subnetIds, publicIp };
  }
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [group.VpcId] },
        { Name: 'tag:Name', Values: [`muster-${environment}-${network.subnets}-*`] },
      ],
    }),
  );
  const subnetIds = Subnets.flatMap(({ SubnetId }) => SubnetId ?? []);
  if (subnetIds.length === 0) return missing(`the subnets of ${group.VpcId} are not deployed yet`);
  return { kind: 'ready', securityGroupId: group.GroupId, subnetIds, publicIp: network.subnets === 'public' };
}
