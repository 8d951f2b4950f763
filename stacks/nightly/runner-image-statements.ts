/** What pushing and promoting the container image of GitHub's runners needs; building it needs nothing of AWS. */
import {
  runnerExecutionRoleName,
  runnerFamily,
  runnerImageParameter,
  runnerRepository,
  runnerTaskRoleName,
} from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import type { Statement } from '../create-role';

export function toRunnerImageStatements({ environment, aws, organization, githubEcs }: Config): Statement[] {
  if (!githubEcs) return [];
  const arns = buildArns(aws);
  // Patterns, for names of dozens of rules would be more than IAM takes. They stay inside the environment, whose name has no
  // dash, and match nothing else of it: nothing else has an underscore there.
  const definitions = [arns.named('ecs', `task-definition/${runnerFamily(environment, '*', '*', '*')}:*`)];
  return [
    {
      Sid: 'Registry',
      // AWS offers no resource to name for this.
      Action: ['ecr:GetAuthorizationToken'],
      Resource: ['*'],
    },
    {
      // As ECR's guide lists them ("IAM permissions for pushing an image"), and to see what has arrived.
      Sid: 'Push',
      Action: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:CompleteLayerUpload',
        'ecr:DescribeImages',
        'ecr:DescribeRepositories',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      Resource: [arns.named('ecr', `repository/${runnerRepository(environment)}`)],
    },
    {
      Sid: 'PromoteRunner',
      Action: ['ssm:GetParameter', 'ssm:PutParameter'],
      Resource: [arns.parameter(runnerImageParameter(environment))],
    },
    {
      Sid: 'Definitions',
      // AWS offers no resource to name for this.
      Action: ['ecs:DescribeTaskDefinition'],
      Resource: ['*'],
    },
    {
      // Not DeregisterTaskDefinition, which could not be limited to these: the next deploy tidies up.
      Sid: 'Definition',
      Action: ['ecs:RegisterTaskDefinition'],
      Resource: definitions,
    },
    {
      Sid: 'TagDefinition',
      Action: ['ecs:TagResource'],
      Resource: definitions,
      Condition: { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
    },
    {
      Sid: 'RunnersAs',
      Action: ['iam:PassRole'],
      Resource: [runnerTaskRoleName(environment, '*'), runnerExecutionRoleName(environment)].map((name) =>
        arns.role(organization.rolePath, name),
      ),
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    },
  ];
}
