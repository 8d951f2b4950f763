/** What the instances of a fleet are told at boot, from the config. */
import {
  groupName,
  imageParameter,
  instanceLogGroup,
  LAUNCHING_HOOK,
  runnerTokenSecret,
  TERMINATING_HOOK,
} from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';
import { BOOT_CONTRACT, type BootEnvironment } from '../boot-environment';
import { toBaseUrl } from '../to-base-url';
import { LAUNCHING_HEARTBEAT, TERMINATING_HEARTBEAT } from './hooks';
import { toNomadEnvironment } from './to-nomad-environment';

export function toBootEnvironment(config: Config, fleet: FleetConfig): BootEnvironment {
  const { environment, aws, organization } = config;
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
    MUSTER_CONTRACT: BOOT_CONTRACT,
    MUSTER_ENVIRONMENT: environment,
    MUSTER_FLEET: fleet.name,
    MUSTER_GROUP: groupName(environment, fleet.name),
    MUSTER_REGION: aws.region,
    MUSTER_CI: account.ci,
    MUSTER_CI_URL: toBaseUrl(account),
    MUSTER_QUEUE: toQueue(fleet),
    MUSTER_SERVES: fleet.serves,
    MUSTER_PROTECTION: fleet.protection,
    MUSTER_EXECUTOR: fleet.gitlab?.executor ?? '',
    MUSTER_DOCKER_IMAGE: fleet.gitlab?.dockerImage ?? '',
    ...toNomadEnvironment(account, fleet),
    MUSTER_IMAGE_PARAMETER: imageParameter(environment, fleet.image),
    MUSTER_MAX_AGE: fleet.maxAgeHours * 3600,
    MUSTER_RUNNER_TOKEN_SECRET: runnerTokenSecret(environment, fleet.name),
    MUSTER_LOG_GROUP: instanceLogGroup(environment, fleet.name),
    MUSTER_LAUNCHING_HOOK: LAUNCHING_HOOK,
    MUSTER_TERMINATING_HOOK: TERMINATING_HOOK,
    MUSTER_LAUNCHING_HEARTBEAT: LAUNCHING_HEARTBEAT,
    MUSTER_TERMINATING_HEARTBEAT: TERMINATING_HEARTBEAT,
    MUSTER_JOB_LIMIT: fleet.jobLimitMinutes * 60,
    MUSTER_IDLE_TIMEOUT: fleet.idleSeconds,
    MUSTER_SLOTS: fleet.jobsPerInstance,
    MUSTER_DOCKER: fleet.docker,
    MUSTER_PROXY: organization.proxy ?? '',
    MUSTER_NO_PROXY: organization.proxy ? toNoProxy(config) : '',
  };
}

function toQueue({ gitlab, nomad, resourceClass }: FleetConfig): string {
  if (nomad) return nomad.nodePool;
  return gitlab ? String(gitlab.runnerId) : (resourceClass ?? '');
}

/** What the config says, and AWS where interface endpoints answer for it. The image adds the machine itself. */
function toNoProxy({ network, organization, aws }: Config): string {
  const hasEndpoints = network.kind === 'new' && network.subnets === 'private' && network.nat === 'none';
  return [...(hasEndpoints ? [`.${aws.region}.amazonaws.com`] : []), ...organization.noProxy].join(',');
}
