/** What the nightly build may do: bake or build, prove, push, promote, and what CodeBuild itself needs. */
import { nightlyName, sourceBucket } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import { mergeStatements } from '../merge-statements';
import type { Statement } from '../service-role';
import { toBuildSubnets } from './build-network';
import { toPackerStatements } from './packer-statements';
import { toPromoteStatements } from './promote-statements';
import { toRunnerImageStatements } from './runner-image-statements';
import { SOURCE_KEY } from './source-bucket';

/** As CodeBuild calls it by itself. Not /muster/<environment>/nightly: a fleet may have that name. */
export const nightlyLogGroup = (environment: string) => `/aws/codebuild/${nightlyName(environment)}`;

export const toNightlyStatements = (config: Config): Statement[] =>
  mergeStatements([...toBuildStatements(config), ...toRenewStatements(config)]);

/** What the renewing itself needs, wherever it runs. */
export const toRenewStatements = (config: Config): Statement[] =>
  mergeStatements([
    // With no image of machines there is nothing that these could name.
    ...(Object.keys(config.images).length > 0
      ? [...toPackerStatements(config), ...toPromoteStatements(config)]
      : []),
    ...toRunnerImageStatements(config),
    ...toKeyStatements(config),
  ]);

function toBuildStatements(config: Config): Statement[] {
  const { environment, aws } = config;
  const arns = buildArns(aws);
  const bucket = sourceBucket(environment, aws.accountId);
  const subnets = toBuildSubnets(config);
  return [
    {
      Sid: 'Logs',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [arns.logStreams(nightlyLogGroup(environment))],
    },
    {
      Sid: 'Source',
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
      Resource: [arns.objects(bucket, SOURCE_KEY)],
    },
    // With these CodeBuild makes sure that the bucket is whose it should be.
    { Sid: 'Bucket', Action: ['s3:GetBucketAcl', 's3:GetBucketLocation'], Resource: [arns.bucket(bucket)] },
    ...(subnets.length > 0 ? toVpcStatements(config, subnets) : []),
  ];
}

/** As the CodeBuild guide lists them for builds in a VPC, on the resources that AWS knows for them. */
function toVpcStatements({ aws }: Config, subnets: string[]): Statement[] {
  const arns = buildArns(aws);
  return [
    {
      Sid: 'VpcLook',
      Action: ['ec2:DescribeDhcpOptions', 'ec2:DescribeNetworkInterfaces'],
      Resource: ['*'],
    },
    {
      Sid: 'VpcEnter',
      Action: ['ec2:CreateNetworkInterface'],
      Resource: [arns.ec2('network-interface'), arns.ec2('security-group'), ...subnets.map(arns.subnet)],
    },
    {
      Sid: 'VpcLeave',
      Action: ['ec2:DeleteNetworkInterface'],
      Resource: [arns.ec2('network-interface')],
    },
    {
      Sid: 'VpcLend',
      Action: ['ec2:CreateNetworkInterfacePermission'],
      Resource: [arns.ec2('network-interface')],
      Condition: {
        StringEquals: { 'ec2:AuthorizedService': 'codebuild.amazonaws.com' },
        ArnEquals: { 'ec2:Subnet': subnets.map(arns.subnet) },
      },
    },
  ];
}

/** With a customer key: the source in the bucket, and the volumes and images through EC2 (EBS guide, "Permissions"). */
export function toKeyStatements({ aws, organization }: Config): Statement[] {
  if (!organization.kmsKeyArn) return [];
  const Resource = [organization.kmsKeyArn];
  const through = (service: string) => ({ 'kms:ViaService': `${service}.${aws.region}.amazonaws.com` });
  return [
    {
      Sid: 'SourceKey',
      Action: ['kms:Decrypt'],
      Resource,
      Condition: { StringEquals: through('s3') },
    },
    {
      Sid: 'VolumeKey',
      Action: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
      Resource,
      Condition: { StringEquals: through('ec2') },
    },
    {
      Sid: 'VolumeKeyGrant',
      Action: ['kms:CreateGrant'],
      Resource,
      Condition: { StringEquals: through('ec2'), Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
  ];
}
