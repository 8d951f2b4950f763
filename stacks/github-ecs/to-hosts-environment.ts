/** What a host of containers is told at boot. */
import { toTaskLimitMinutes } from '../../config/groups';
import { CONTAINER_HOSTS, clusterName } from '../../config/names';
import type { Config, GithubEcsConfig, HostsConfig } from '../../config/schema';
import type { BootEnvironment } from '../boot-environment';
import { toInstanceEnvironment } from '../fleet/to-instance-environment';
import { NO_NOMAD } from '../fleet/to-nomad-environment';

export function toHostsEnvironment(
  config: Config,
  githubEcs: GithubEcsConfig,
  hosts: HostsConfig,
): BootEnvironment {
  const maxAge = hosts.maxLifetimeDays * 24 * 3600;
  return {
    ...toInstanceEnvironment(config, { name: CONTAINER_HOSTS, image: hosts.image }),
    ...NO_NOMAD,
    MUSTER_CI: 'ecs',
    MUSTER_CI_URL: '',
    MUSTER_QUEUE: clusterName(config.environment),
    MUSTER_SERVES: 'many-jobs',
    // ECS protects each host from scale-in that has a task, and ends the protection of one that has none.
    MUSTER_PROTECTION: 'all',
    MUSTER_EXECUTOR: '',
    MUSTER_DOCKER_IMAGE: '',
    MUSTER_MAX_AGE: maxAge,
    MUSTER_RUNNER_TOKEN_SECRET: '',
    MUSTER_JOB_LIMIT: toTaskLimitMinutes(githubEcs) * 60,
    // Which hosts are too many is for ECS to say: none leaves because it has no task, however long.
    MUSTER_IDLE_TIMEOUT: maxAge,
    MUSTER_SLOTS: 1,
    // Its tasks are containers of the daemon that ECS's agent talks to.
    MUSTER_DOCKER: 'rootful',
  };
}
