/** What one repository rule has: who may start its runners, what they are and may do, and what the action is told of it. */
import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { type ITerraformDependable, TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { serialize } from '../../actions/start-runner/settings';
import { runnerTaskRoleName, startRunnerParameter, TAGS, workflowRoleName } from '../../config/names';
import type { Config, GithubEcsConfig, RepositoryRule } from '../../config/schema';
import { createRole, type Role } from '../create-role';
import type { Network } from '../network/network';
import { ServiceRole } from '../service-role';
import { toFamilies } from './families';
import { toTaskStatements } from './task-statements';
import { toStartRunnerSettings } from './to-start-runner-settings';
import { toTaskDefinition } from './to-task-definition';
import { toTasksTrust } from './to-tasks-trust';
import { toTrust } from './to-trust';
import { toWorkflowStatements } from './workflow-statements';

export interface RepositoryRunnersProps {
  config: Config;
  githubEcs: GithubEcsConfig;
  rule: RepositoryRule;
  network: Network;
  identityProviderArn: string;
  executionRole: Role;
  /** Of the promoted image. */
  image: string;
  /** What tasks need in order to be launched. */
  needs: ITerraformDependable[];
}

export class RepositoryRunners extends Construct {
  constructor(scope: Construct, id: string, props: RepositoryRunnersProps) {
    super(scope, id);
    const { config, githubEcs, rule, network, executionRole, image, needs } = props;
    const { environment, organization } = config;
    const tags = { [TAGS.rule]: rule.name };
    const taskRole = new ServiceRole(this, 'task-role', {
      name: runnerTaskRoleName(environment, rule.name),
      ...toTasksTrust(config),
      statements: toTaskStatements(config, rule),
      organization,
      tags,
    });
    const definitions = toFamilies(environment, rule).map(
      (family) =>
        new EcsTaskDefinition(this, `${family.size}-${family.launch}`, {
          ...toTaskDefinition({
            config,
            githubEcs,
            rule,
            family,
            image,
            taskRoleArn: taskRole.arn,
            executionRoleArn: executionRole.arn,
          }),
          // Terraform would deregister the one before first, and leave the family without any until it has registered the new
          // one. scripts/runner-image/tidy-revisions.ts deregisters what is left behind.
          skipDestroy: true,
          dependsOn: [...taskRole.ready, ...executionRole.ready],
        }),
    );
    const workflowRole = createRole(new Construct(this, 'workflow-role'), {
      name: workflowRoleName(environment, rule.name),
      description: `Starts runners for jobs of ${rule.repository}`,
      trust: toTrust(rule, { issuer: githubEcs.issuer, arn: props.identityProviderArn }),
      statements: toWorkflowStatements(config, rule),
      organization,
      tags,
    });
    // The last of all, and the first to go: without it the action starts nothing.
    new SsmParameter(this, 'settings', {
      name: startRunnerParameter(environment, rule.name),
      description: `What actions/start-runner is told of ${rule.repository}`,
      type: 'String',
      insecureValue: serialize(toStartRunnerSettings(config, githubEcs, rule, network)),
      // Many sizes may take more than the 4 KB of a standard parameter.
      tier: 'Intelligent-Tiering',
      tags,
      dependsOn: [...definitions, ...workflowRole.ready, ...network.ready, ...needs],
    });
    new TerraformOutput(this, `github-${rule.name}`, {
      value: workflowRole.arn,
      description: `Role that workflows of ${rule.repository} assume`,
      staticId: true,
    });
  }
}
