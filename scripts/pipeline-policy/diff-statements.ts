/** What a diff reads: what Terraform refreshes, the promoted images and the state. No value of a secret. */
import type { Config } from '../../config/schema';
import type { Statement } from '../../stacks/service-role';
import { toNames } from './names';
import { toStateStatements } from './state-statements';

export const toDiffStatements = (config: Config): Statement[] => [
  ...toReadStatements(config),
  ...toStateStatements(config, 'read'),
];

export function toReadStatements(config: Config): Statement[] {
  const names = toNames(config);
  const key = config.organization.kmsKeyArn;
  return [
    {
      Sid: 'Look',
      // AWS offers no resource to name for most of these.
      Action: [
        'autoscaling:Describe*',
        'cloudwatch:DescribeAlarms',
        'ec2:Describe*',
        'logs:DescribeLogGroups',
        'ssm:DescribeParameters',
      ],
      Resource: ['*'],
    },
    // Of any instance of the account; Terraform does not ask for it.
    { Sid: 'NoUserData', Effect: 'Deny', Action: ['ec2:DescribeInstanceAttribute'], Resource: ['*'] },
    {
      // Of rules that have left the config, with it the runners of GitHub altogether.
      Sid: 'LookRunners',
      Action: ['ecs:DescribeTasks', 'ecs:ListTasks'],
      Resource: ['*'],
      Condition: { ArnEquals: { 'ecs:cluster': names.clusters } },
    },
    { Sid: 'LookFunctions', Action: ['lambda:Get*', 'lambda:List*'], Resource: names.functions },
    { Sid: 'LookSchedules', Action: ['scheduler:Get*', 'scheduler:List*'], Resource: names.schedules },
    { Sid: 'LookAlarms', Action: ['cloudwatch:ListTagsForResource'], Resource: names.alarms },
    { Sid: 'LookDashboard', Action: ['cloudwatch:GetDashboard'], Resource: names.dashboards },
    { Sid: 'LookTopics', Action: ['sns:Get*', 'sns:List*'], Resource: names.topics },
    {
      Sid: 'LookDocuments',
      Action: [
        'ssm:DescribeDocument',
        'ssm:DescribeDocumentPermission',
        'ssm:GetDocument',
        'ssm:ListTagsForResource',
      ],
      Resource: names.documents,
    },
    { Sid: 'LookRules', Action: ['events:Describe*', 'events:List*'], Resource: names.rules },
    { Sid: 'LookLogs', Action: ['logs:ListTagsForResource', 'logs:ListTagsLogGroup'], Resource: names.logs },
    {
      Sid: 'LookSecrets',
      Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy'],
      Resource: names.secrets,
    },
    {
      Sid: 'LookImages',
      Action: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
      Resource: names.parameters,
    },
    { Sid: 'LookBuilds', Action: ['codebuild:BatchGetProjects'], Resource: names.builds },
    { Sid: 'LookBucket', Action: ['s3:Get*', 's3:ListBucket'], Resource: names.bucket },
    {
      Sid: 'LookRoles',
      Action: [
        'iam:GetInstanceProfile',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListInstanceProfilesForRole',
        'iam:ListInstanceProfileTags',
        'iam:ListRolePolicies',
        'iam:ListRoleTags',
      ],
      Resource: names.roles,
    },
    ...(config.githubEcs ? toGithubStatements(config) : []),
    ...(key ? [{ Sid: 'LookKey', Action: ['kms:DescribeKey', 'kms:ListGrants'], Resource: [key] }] : []),
  ];
}

/** Of the runners of GitHub. */
function toGithubStatements(config: Config): Statement[] {
  const names = toNames(config);
  return [
    {
      Sid: 'LookTasks',
      // AWS offers no resource to name for these.
      Action: [
        'ecs:DescribeTaskDefinition',
        'ecs:ListTaskDefinitionFamilies',
        'ecs:ListTaskDefinitions',
        'iam:ListOpenIDConnectProviders',
      ],
      Resource: ['*'],
    },
    {
      Sid: 'LookClusters',
      Action: ['ecs:DescribeCapacityProviders', 'ecs:DescribeClusters', 'ecs:ListTagsForResource'],
      Resource: [...names.clusters, ...names.definitions],
    },
    {
      Sid: 'LookRepository',
      Action: [
        'ecr:DescribeImages',
        'ecr:DescribeRepositories',
        'ecr:GetLifecyclePolicy',
        'ecr:ListTagsForResource',
      ],
      Resource: names.repositories,
    },
    {
      Sid: 'LookIdentity',
      Action: ['iam:GetOpenIDConnectProvider'],
      Resource: names.identityProviders,
    },
    { Sid: 'LookParameters', Action: ['ssm:ListTagsForResource'], Resource: names.parameters },
  ];
}
