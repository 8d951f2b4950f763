/** ARNs of everything that a deploy makes, by the names that config/names.ts gives. */
import { clusterName, dashboardName, runnerRepository, sourceBucket } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../../stacks/arns';

export function toNames({ environment, aws, organization, githubEcs }: Config) {
  const arns = buildArns(aws);
  const ours = `muster-${environment}-*`;
  const source = sourceBucket(environment, aws.accountId);
  const object = (bucket: string, suffix: string) =>
    arns.objects(bucket, `muster/${environment}.tfstate${suffix}`);
  return {
    groups: [arns.group(ours)],
    functions: [arns.lambda(ours)],
    schedules: [arns.schedule('*', ours), arns.named('scheduler', `schedule-group/${ours}`)],
    alarms: [arns.named('cloudwatch', `alarm:${ours}`)],
    dashboards: [arns.dashboard(dashboardName(environment))],
    topics: [arns.named('sns', ours)],
    logs: [`/muster/${environment}/*`, `/aws/lambda/${ours}`, `/aws/codebuild/${ours}`].map((group) =>
      arns.named('logs', `log-group:${group}`),
    ),
    secrets: [arns.named('secretsmanager', `secret:muster/${environment}/*`)],
    parameters: [arns.parameter(`/muster/${environment}/*`)],
    documents: [arns.named('ssm', `document/${ours}`)],
    rules: [arns.named('events', `rule/${ours}`)],
    builds: [arns.codebuildProject(ours)],
    clusters: [
      arns.named('ecs', `cluster/${clusterName(environment)}`),
      arns.named('ecs', `capacity-provider/${ours}`),
    ],
    definitions: [arns.named('ecs', `task-definition/${ours}:*`)],
    repositories: [arns.named('ecr', `repository/${runnerRepository(environment)}`)],
    identityProviders: githubEcs ? [arns.oidcProvider(githubEcs.issuer)] : [],
    bucket: [arns.bucket(source), arns.objects(source)],
    roles: [arns.role(organization.rolePath, ours), arns.instanceProfile(organization.rolePath, ours)],
    serviceRoles: [arns.role('/aws-service-role/', '*')],
    state: (bucket: string) => [arns.bucket(bucket)],
    stateObject: (bucket: string) => [object(bucket, '')],
    stateLock: (bucket: string) => [object(bucket, '.tflock')],
  };
}
