/** ARNs by name, so that policies are complete before anything exists. */
import type { Config } from '../config/schema';

const PARTITIONS: [prefix: string, partition: string][] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
];

export function buildArns({ accountId, region }: Config['aws']) {
  const partition = PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  return {
    /** The ARN of a group holds a UUID that is known only afterwards; its name is what is unique. */
    group: (name: string) => arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`),
    /** Secrets Manager puts six random characters behind the name. */
    secret: (name: string) => arn('secretsmanager', `secret:${name}-??????`),
    /** The name of a parameter begins with a slash. */
    parameter: (name: string) => arn('ssm', `parameter${name}`),
    /** The streams of a log group. */
    logStreams: (group: string) => arn('logs', `log-group:${group}:log-stream:*`),
    lambda: (name: string) => arn('lambda', `function:${name}`),
    schedule: (group: string, name: string) => arn('scheduler', `schedule/${group}/${name}`),
    /** Every image of a region; tags tell ours, for ids are known only afterwards. No account stands in these. */
    images: (inRegion: string) => `arn:${partition}:ec2:${inRegion}::image/*`,
    snapshots: (inRegion: string) => `arn:${partition}:ec2:${inRegion}::snapshot/*`,
    /** Every instance of the account: for actions that know no finer resource. */
    instances: arn('ec2', 'instance/*'),
    autoScalingServiceRole: `arn:${partition}:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
  };
}
export type Arns = ReturnType<typeof buildArns>;
