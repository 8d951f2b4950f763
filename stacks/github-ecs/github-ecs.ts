/** Runners for GitHub Actions as tasks of ECS, each started by the workflow that needs it: nothing here starts one. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { EcsClusterCapacityProviders } from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { clusterName, runnerExecutionRoleName, runnerLogGroup } from '../../config/names';
import type { Config, GithubEcsConfig } from '../../config/schema';
import type { PromotedImage } from '../fleet/promoted-images';
import type { Network } from '../network/network';
import { ServiceRole } from '../service-role';
import { ContainerHosts } from './hosts';
import { IdentityProvider } from './identity-provider';
import { RepositoryRunners } from './repository-runners';
import { RunnerImage } from './runner-image';
import { toExecutionStatements } from './task-statements';
import { toTasksTrust } from './to-tasks-trust';

export interface GithubEcsProps {
  config: Config;
  githubEcs: GithubEcsConfig;
  network: Network;
  /** The promoted image of a definition; asked for that of hosts only. */
  imageOf(name: string): PromotedImage;
  /** What leads hosts out. */
  drain: ITerraformDependable[];
}

export class GithubEcs extends Construct {
  /** The group of the hosts, if there are any. */
  readonly groups: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: GithubEcsProps) {
    super(scope, id);
    const { config, githubEcs, network, imageOf, drain } = props;
    const { environment, organization, scaler } = config;
    const cluster = new EcsCluster(this, 'cluster', {
      name: clusterName(environment),
      // Billed by the metric, whatever the default of the account is.
      setting: [{ name: 'containerInsights', value: 'disabled' }],
    });
    const { hosts: hostsConfig } = githubEcs;
    const hosts =
      hostsConfig &&
      new ContainerHosts(this, 'hosts', {
        config,
        githubEcs,
        hosts: hostsConfig,
        network,
        image: imageOf(hostsConfig.image),
        cluster: [cluster],
        drain,
      });
    const capacity = new EcsClusterCapacityProviders(this, 'capacity', {
      clusterName: cluster.name,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT', ...(hosts ? [hosts.capacityProviderName] : [])],
      dependsOn: hosts?.ready ?? [],
    });
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: runnerLogGroup(environment),
      retentionInDays: scaler.logDays,
      ...(organization.kmsKeyArn ? { kmsKeyId: organization.kmsKeyArn } : {}),
    });
    const image = new RunnerImage(this, 'image', { config, githubEcs });
    const executionRole = new ServiceRole(this, 'execution-role', {
      name: runnerExecutionRoleName(environment),
      ...toTasksTrust(config),
      statements: toExecutionStatements(config),
      organization,
    });
    const identityProviderArn = new IdentityProvider(this, 'identity', githubEcs).arn;
    for (const rule of githubEcs.repositories) {
      new RepositoryRunners(this, `rule-${rule.name}`, {
        config,
        githubEcs,
        rule,
        network,
        identityProviderArn,
        executionRole,
        image: image.reference,
        needs: [capacity, logs, ...image.ready],
      });
    }
    this.groups = hosts?.ready ?? [];
  }
}
