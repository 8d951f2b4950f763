/** What the instances of a fleet are told at boot, from the config. */
import { runnerTokenSecret } from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';
import type { BootEnvironment } from '../boot-environment';
import { toBaseUrl } from '../to-base-url';
import { toInstanceEnvironment } from './to-instance-environment';
import { toNomadEnvironment } from './to-nomad-environment';

export function toBootEnvironment(config: Config, fleet: FleetConfig): BootEnvironment {
  const account = config.accounts[fleet.account];
  if (!account) {
    throw new Error(
      `Fleet "${fleet.name}" names CI account "${fleet.account}": use one of ${Object.keys(config.accounts).join(', ')}.`,
    );
  }
  // The rules of the config refuse it.
  if (account.ci === 'github')
    throw new Error(`Fleet "${fleet.name}" is of GitHub, whose queue no fleet follows.`);
  return {
    ...toInstanceEnvironment(config, fleet),
    MUSTER_CI: account.ci,
    MUSTER_CI_URL: toBaseUrl(account),
    MUSTER_QUEUE: toQueue(fleet),
    MUSTER_SERVES: fleet.serves,
    MUSTER_PROTECTION: fleet.protection,
    MUSTER_EXECUTOR: fleet.gitlab?.executor ?? '',
    MUSTER_DOCKER_IMAGE: fleet.gitlab?.dockerImage ?? '',
    ...toNomadEnvironment(account, fleet),
    MUSTER_MAX_AGE: fleet.maxAgeHours * 3600,
    MUSTER_RUNNER_TOKEN_SECRET: runnerTokenSecret(config.environment, fleet.name),
    MUSTER_JOB_LIMIT: fleet.jobLimitMinutes * 60,
    MUSTER_IDLE_TIMEOUT: fleet.idleSeconds,
    MUSTER_SLOTS: fleet.jobsPerInstance,
    MUSTER_DOCKER: fleet.docker,
  };
}

function toQueue({ gitlab, nomad, resourceClass }: FleetConfig): string {
  if (nomad) return nomad.nodePool;
  return gitlab ? String(gitlab.runnerId) : (resourceClass ?? '');
}
