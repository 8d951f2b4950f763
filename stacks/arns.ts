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
    /** What has no line of its own below. */
    named: arn,
    /** The ARN of a group holds a UUID that is known only afterwards; its name is what is unique. */
    group: (name: string) => arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`),
    /** Secrets Manager puts six random characters behind the name. */
    secret: (name: string) => arn('secretsmanager', `secret:${name}-??????`),
    /** The name of a parameter begins with a slash. */
    parameter: (name: string) => arn('ssm', `parameter${name}`),
    /** The streams of a log group. */
    logStreams: (group: string) => arn('logs', `log-group:${group}:log-stream:*`),
    /** Dashboards are of the account, in no region. */
    dashboard: (name: string) => `arn:${partition}:cloudwatch::${accountId}:dashboard/${name}`,
    lambda: (name: string) => arn('lambda', `function:${name}`),
    codebuildProject: (name: string) => arn('codebuild', `project/${name}`),
    /** What a schedule targets to call StartBuild. */
    startBuild: `arn:${partition}:scheduler:::aws-sdk:codebuild:startBuild`,
    bucket: (name: string) => `arn:${partition}:s3:::${name}`,
    objects: (bucket: string, key = '*') => `arn:${partition}:s3:::${bucket}/${key}`,
    role: (path: string, name: string) => `arn:${partition}:iam::${accountId}:role${path}${name}`,
    instanceProfile: (path: string, name: string) =>
      `arn:${partition}:iam::${accountId}:instance-profile${path}${name}`,
    /** Anything of a kind that EC2 numbers, such as `volume`; tags tell ours. */
    ec2: (kind: string) => arn('ec2', `${kind}/*`),
    /** Every instance of the account: for actions that know no finer resource. */
    instances: arn('ec2', 'instance/*'),
    oidcProvider: (issuer: string) => `arn:${partition}:iam::${accountId}:oidc-provider/${issuer}`,
    subnet: (id: string) => arn('ec2', `subnet/${id}`),
    keyPairs: (prefix: string) => arn('ec2', `key-pair/${prefix}*`),
    schedule: (group: string, name: string) => arn('scheduler', `schedule/${group}/${name}`),
    /** Every image of a region; tags tell ours, for ids are known only afterwards. No account stands in these. */
    images: (inRegion: string) => `arn:${partition}:ec2:${inRegion}::image/*`,
    snapshots: (inRegion: string) => `arn:${partition}:ec2:${inRegion}::snapshot/*`,
    autoScalingServiceRole: `arn:${partition}:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
  };
}
export type Arns = ReturnType<typeof buildArns>;
