/** What a runner's container may do, and what ECS may do to start it. Two roles: a job has the first, nobody the second. */
import { jitSecretPrefix, runnerLogGroup, runnerRepository } from '../../config/names';
import type { Config, RepositoryRule } from '../../config/schema';
import { buildArns } from '../arns';
import type { Statement } from '../create-role';
import { toDecryptStatement } from '../decrypt-statement';

/** Takes its one secret away, of which it knows the name; those of others have names that cannot be guessed. */
export const toTaskStatements = (config: Config, { name }: RepositoryRule): Statement[] => [
  {
    Sid: 'TakeOver',
    Action: ['secretsmanager:DeleteSecret', 'secretsmanager:GetSecretValue'],
    Resource: [buildArns(config.aws).secret(`${jitSecretPrefix(config.environment, name)}*`)],
  },
  ...toDecryptStatement(config),
];

export function toExecutionStatements({ environment, aws }: Config): Statement[] {
  const arns = buildArns(aws);
  return [
    {
      // AWS offers no resource to name for this.
      Sid: 'Registry',
      Action: ['ecr:GetAuthorizationToken'],
      Resource: ['*'],
    },
    {
      Sid: 'Image',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: [arns.named('ecr', `repository/${runnerRepository(environment)}`)],
    },
    {
      Sid: 'Log',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [arns.logStreams(runnerLogGroup(environment))],
    },
  ];
}
