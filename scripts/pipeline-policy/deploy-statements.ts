/**
 * What a deploy does: make, change and remove what is named after the environment. What EC2 numbers (networks, launch
 * templates) is limited to the region, and to what carries no other environment's tag. It writes no value of a secret.
 */
import { TAGS } from '../../config/names';
import type { Config, GithubEcsConfig } from '../../config/schema';
import type { Statement } from '../../stacks/service-role';
import { toReadStatements } from './diff-statements';
import { toNames } from './names';
import { toStateStatements } from './state-statements';

/** Of the calls that EC2 knows a tag of: all that end, empty, redirect or rename what is there already. */
const HARMING = [
  'ec2:AuthorizeSecurityGroup*',
  'ec2:CreateLaunchTemplateVersion',
  'ec2:CreateRoute',
  // Or the tag could be changed first.
  'ec2:CreateTags',
  'ec2:Delete*',
  'ec2:DeregisterImage',
  'ec2:Detach*',
  'ec2:Disassociate*',
  'ec2:Modify*',
  'ec2:RebootInstances',
  'ec2:Replace*',
  'ec2:RevokeSecurityGroup*',
  'ec2:StopInstances',
  'ec2:TerminateInstances',
];

export function toDeployStatements(config: Config): Statement[] {
  const writing = toWriteStatements(config);
  const reading = toReadStatements(config).filter(
    // The Deny among them is for pull requests, which run what somebody proposes.
    (statement) => statement.Effect !== 'Deny' && !isCovered(statement, writing),
  );
  return [...reading, ...writing];
}

/** Whether `service:*` of the same resources is allowed anyway: a role has room for 10,240 characters. */
const isCovered = ({ Action, Resource }: Statement, by: Statement[]) =>
  Action.every((action) =>
    by.some(
      (statement) =>
        statement.Effect !== 'Deny' &&
        !statement.Condition &&
        statement.Action.includes(`${action.split(':')[0]}:*`) &&
        Resource.every((resource) => statement.Resource.includes(resource)),
    ),
  );

function toWriteStatements(config: Config): Statement[] {
  const { environment, aws, organization } = config;
  const names = toNames(config);
  const here = { StringEquals: { 'aws:RequestedRegion': aws.region } };
  const tag = `aws:ResourceTag/${TAGS.environment}`;
  const boundary = organization.permissionsBoundaryArn;
  const key = organization.kmsKeyArn;
  return [
    { Sid: 'Network', Action: ['ec2:*'], Resource: ['*'], Condition: here },
    {
      // With several environments in one account. A VPC of another one may still be used: nothing here is needed for that.
      Sid: 'NotOfOthers',
      Effect: 'Deny',
      Action: HARMING,
      Resource: ['*'],
      Condition: {
        StringNotEquals: { [tag]: environment },
        // Without the tag the line above holds, too.
        Null: { [tag]: 'false' },
      },
    },
    { Sid: 'Groups', Action: ['autoscaling:*'], Resource: names.groups },
    { Sid: 'Functions', Action: ['lambda:*'], Resource: names.functions },
    { Sid: 'Schedules', Action: ['scheduler:*'], Resource: names.schedules },
    { Sid: 'Alarms', Action: ['cloudwatch:*'], Resource: [...names.alarms, ...names.dashboards] },
    { Sid: 'Topics', Action: ['sns:*'], Resource: names.topics },
    {
      Sid: 'Documents',
      Action: ['ssm:*Document*', 'ssm:AddTagsToResource', 'ssm:RemoveTagsFromResource'],
      Resource: names.documents,
    },
    { Sid: 'Rules', Action: ['events:*'], Resource: names.rules },
    { Sid: 'Logs', Action: ['logs:*'], Resource: names.logs },
    {
      Sid: 'Secrets',
      Action: [
        'secretsmanager:CreateSecret',
        'secretsmanager:DeleteSecret',
        'secretsmanager:TagResource',
        'secretsmanager:UntagResource',
        'secretsmanager:UpdateSecret',
      ],
      Resource: names.secrets,
    },
    { Sid: 'Builds', Action: ['codebuild:*'], Resource: names.builds },
    { Sid: 'Bucket', Action: ['s3:*'], Resource: names.bucket },
    {
      Sid: 'Roles',
      Action: [
        'iam:AddRoleToInstanceProfile',
        'iam:CreateInstanceProfile',
        'iam:DeleteInstanceProfile',
        'iam:DeleteRole',
        'iam:DeleteRolePolicy',
        'iam:PassRole',
        'iam:RemoveRoleFromInstanceProfile',
        'iam:TagInstanceProfile',
        'iam:TagRole',
        'iam:UntagInstanceProfile',
        'iam:UntagRole',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole',
        'iam:UpdateRoleDescription',
      ],
      Resource: names.roles,
    },
    {
      // Without a boundary these two let the pipeline give itself any permission: see docs/pipelines.md.
      Sid: 'RolePolicies',
      Action: ['iam:CreateRole', 'iam:PutRolePolicy'],
      Resource: names.roles,
      ...(boundary ? { Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } } } : {}),
    },
    {
      // The first group, cluster or spot instance of an account.
      Sid: 'ServiceRoles',
      Action: ['iam:CreateServiceLinkedRole'],
      Resource: names.serviceRoles,
      Condition: {
        StringEquals: {
          'iam:AWSServiceName': [
            'autoscaling.amazonaws.com',
            ...(config.githubEcs ? ['ecs.amazonaws.com'] : []),
            'spot.amazonaws.com',
          ],
        },
      },
    },
    ...(config.githubEcs ? toGithubStatements(config, config.githubEcs) : []),
    ...(key
      ? [
          {
            Sid: 'Key',
            // Grants: of Auto Scaling, and of ECR, which retires its own with the repository.
            Action: [
              'kms:CreateGrant',
              'kms:Decrypt',
              'kms:GenerateDataKey',
              'kms:RetireGrant',
              'kms:RevokeGrant',
            ],
            Resource: [key],
          },
        ]
      : []),
    ...toStateStatements(config, 'write'),
  ];
}

/** Of the runners of GitHub. */
function toGithubStatements(config: Config, { oidcProvider }: GithubEcsConfig): Statement[] {
  const names = toNames(config);
  return [
    { Sid: 'Clusters', Action: ['ecs:*'], Resource: [...names.clusters, ...names.definitions] },
    {
      Sid: 'Definitions',
      // AWS offers no resource to name for this, nor a condition: it may deregister others' task definitions, too.
      Action: ['ecs:DeregisterTaskDefinition'],
      Resource: ['*'],
    },
    { Sid: 'Repository', Action: ['ecr:*'], Resource: names.repositories },
    {
      Sid: 'Parameters',
      Action: [
        'ssm:AddTagsToResource',
        'ssm:DeleteParameter',
        'ssm:PutParameter',
        'ssm:RemoveTagsFromResource',
      ],
      Resource: names.parameters,
    },
    ...(oidcProvider === 'create'
      ? [{ Sid: 'Identity', Action: ['iam:*OpenIDConnectProvider*'], Resource: names.identityProviders }]
      : []),
  ];
}
