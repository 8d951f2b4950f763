/** What proving, promoting, sharing and copying an image need beside what Packer needs. */
import { imageParameter, smokeLogGroup, smokeRoleName, TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import type { Statement } from '../service-role';

export function toPromoteStatements(config: Config): Statement[] {
  const { environment, aws, organization, fleets } = config;
  const arns = buildArns(aws);
  const carrying = { [`aws:ResourceTag/${TAGS.environment}`]: environment };
  const pools = fleets.filter(({ warmPool }) => warmPool).map(({ name }) => name);
  return [
    {
      Sid: 'ProveAs',
      Action: ['iam:PassRole'],
      Resource: [arns.role(organization.rolePath, smokeRoleName(environment))],
      Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    },
    {
      Sid: 'Proof',
      Action: ['logs:GetLogEvents'],
      Resource: [arns.logStreams(smokeLogGroup(environment))],
    },
    {
      // Whether there is the group that proofs are told in. AWS offers no resource to name for this.
      Sid: 'ProofThere',
      Action: ['logs:DescribeLogGroups'],
      Resource: ['*'],
    },
    {
      Sid: 'Promote',
      Action: ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:PutParameter'],
      Resource: [arns.parameter(imageParameter(environment, '*'))],
    },
    {
      Sid: 'Templates',
      // AWS offers no resource to name for this.
      Action: ['ec2:DescribeLaunchTemplateVersions'],
      Resource: ['*'],
    },
    {
      Sid: 'Template',
      Action: ['ec2:CreateLaunchTemplateVersion'],
      Resource: [arns.ec2('launch-template')],
      Condition: { StringEquals: carrying },
    },
    {
      Sid: 'SharedWith',
      Action: ['ec2:DescribeImageAttribute'],
      Resource: toRegions(config).map(arns.images),
      Condition: { StringEquals: carrying },
    },
    ...(pools.length > 0
      ? [
          { Sid: 'Pools', Action: ['autoscaling:DescribeWarmPool'], Resource: ['*'] },
          {
            // Stopped ones have the image before: the pool fills up again with the new one.
            Sid: 'Stopped',
            Action: ['ec2:TerminateInstances'],
            Resource: [arns.instances],
            Condition: { StringEquals: { ...carrying, [`aws:ResourceTag/${TAGS.fleet}`]: pools } },
          },
        ]
      : []),
    ...toCopyStatements(config),
  ];
}

const toRegions = ({ aws, images }: Config): string[] => [
  ...new Set([aws.region, ...Object.values(images).flatMap(({ copyTo }) => copyTo)]),
];

/** In the regions of the copies; EC2 tags a copy while making it. */
function toCopyStatements(config: Config): Statement[] {
  const { environment, aws } = config;
  const arns = buildArns(aws);
  const regions = toRegions(config).filter((region) => region !== aws.region);
  if (regions.length === 0) return [];
  const copies = regions.flatMap((region) => [arns.images(region), arns.snapshots(region)]);
  const asking = { [`aws:RequestTag/${TAGS.environment}`]: environment };
  return [
    {
      Sid: 'Copy',
      Action: ['ec2:CopyImage'],
      Resource: copies,
      Condition: { StringEquals: asking },
    },
    {
      Sid: 'TagCopy',
      Action: ['ec2:CreateTags'],
      Resource: copies,
      Condition: { StringEquals: { ...asking, 'ec2:CreateAction': ['CopyImage'] } },
    },
  ];
}
