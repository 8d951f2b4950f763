/** What the action is told about a rule, from the config. */
import type { StartRunnerSettings } from '../../actions/start-runner/settings';
import { CONTAINER_HOSTS, clusterName, groupName, jitSecretPrefix } from '../../config/names';
import type { Config, GithubEcsConfig, RepositoryRule } from '../../config/schema';
import type { Network } from '../network/network';
import { toFamilies } from './families';

export function toStartRunnerSettings(
  { environment, organization }: Config,
  { hosts, claimMinutes, image }: GithubEcsConfig,
  rule: RepositoryRule,
  network: Pick<Network, 'subnetIds' | 'securityGroupId' | 'publicIp'>,
): StartRunnerSettings {
  const families = toFamilies(environment, rule);
  return {
    version: 1,
    environment,
    rule: rule.name,
    repository: rule.repository,
    architecture: image.architecture === 'arm64' ? 'arm64' : 'x64',
    cluster: clusterName(environment),
    jitSecretPrefix: jitSecretPrefix(environment, rule.name),
    ...(organization.kmsKeyArn ? { secretKey: organization.kmsKeyArn } : {}),
    modes: rule.modes,
    sizes: rule.sizes.map((name) => ({
      name,
      ...Object.fromEntries(
        families.filter(({ size }) => size === name).map(({ launch, family }) => [launch, family]),
      ),
    })),
    ...(hosts ? { hosts: groupName(environment, CONTAINER_HOSTS) } : {}),
    network: {
      subnets: network.subnetIds,
      securityGroups: [network.securityGroupId],
      assignPublicIp: network.publicIp ? 'ENABLED' : 'DISABLED',
    },
    claimMinutes,
  };
}
