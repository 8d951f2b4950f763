/** What a workflow that may start runners may do: start, see and stop tasks of its own rule, hand over one secret each. */
import {
  clusterName,
  jitSecretPrefix,
  runnerExecutionRoleName,
  runnerTaskRoleName,
  startRunnerParameter,
  TAGS,
} from '../../config/names';
import type { Config, RepositoryRule } from '../../config/schema';
import { buildArns } from '../arns';
import type { Statement } from '../create-role';
import { toFamilies } from './families';

export function toWorkflowStatements(config: Config, rule: RepositoryRule): Statement[] {
  const { environment, aws, organization } = config;
  const arns = buildArns(aws);
  const cluster = clusterName(environment);
  const tasks = [arns.named('ecs', `task/${cluster}/*`)];
  const secrets = [arns.secret(`${jitSecretPrefix(environment, rule.name)}*`)];
  const asking = { [`aws:RequestTag/${TAGS.rule}`]: rule.name };
  const carrying = { [`aws:ResourceTag/${TAGS.rule}`]: rule.name };
  return [
    {
      Sid: 'Settings',
      Action: ['ssm:GetParameter'],
      Resource: [arns.parameter(startRunnerParameter(environment, rule.name))],
    },
    {
      Sid: 'Start',
      Action: ['ecs:RunTask'],
      // Any revision: AWS checks a family without one as its newest (announced in 2024; aws/aws-cdk#30390).
      Resource: toFamilies(environment, rule).map(({ family }) =>
        arns.named('ecs', `task-definition/${family}:*`),
      ),
      Condition: {
        ArnEquals: { 'ecs:cluster': arns.named('ecs', `cluster/${cluster}`) },
        StringEquals: asking,
        // No shell in a container that has a job's secrets. If it is said: absent means no.
        BoolIfExists: { 'ecs:enable-execute-command': 'false' },
      },
    },
    {
      Sid: 'TagStarted',
      Action: ['ecs:TagResource'],
      Resource: tasks,
      Condition: { StringEquals: { 'ecs:CreateAction': 'RunTask', ...asking } },
    },
    {
      Sid: 'Watch',
      Action: ['ecs:DescribeTasks', 'ecs:StopTask'],
      Resource: tasks,
      Condition: { StringEquals: carrying },
    },
    {
      // Finds the task of a runner whose start was cut short. AWS lets it be limited to the cluster alone.
      Sid: 'Find',
      Action: ['ecs:ListTasks'],
      Resource: ['*'],
      Condition: { ArnEquals: { 'ecs:cluster': arns.named('ecs', `cluster/${cluster}`) } },
    },
    {
      Sid: 'RunAs',
      Action: ['iam:PassRole'],
      Resource: [runnerTaskRoleName(environment, rule.name), runnerExecutionRoleName(environment)].map(
        (name) => arns.role(organization.rolePath, name),
      ),
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    },
    {
      Sid: 'HandOver',
      Action: ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
      Resource: secrets,
      Condition: { StringEquals: asking },
    },
    { Sid: 'TakeBack', Action: ['secretsmanager:DeleteSecret'], Resource: secrets },
    // Secrets Manager asks for both when a secret is made with a key (its guide, "Permissions for the KMS key").
    ...(organization.kmsKeyArn
      ? [
          {
            Sid: 'SecretKey',
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Resource: [organization.kmsKeyArn],
            Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${aws.region}.amazonaws.com` } },
          },
        ]
      : []),
  ];
}
