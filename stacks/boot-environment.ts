/**
 * What a stack tells an instance: the boot environment, passed as user data, read by provision/rootfs.
 * No secret in it: instances read their token from Secrets Manager with their role.
 * The contract version rises when a key is added that an older image would need, or changes its meaning.
 */
export const BOOT_CONTRACT = 3;

export interface BootEnvironment {
  MUSTER_CONTRACT: number;
  MUSTER_ENVIRONMENT: string;
  MUSTER_FLEET: string;
  /** Name of the Auto Scaling group. */
  MUSTER_GROUP: string;
  MUSTER_REGION: string;
  /** smoke: no CI and no group; the image proves itself (nightly). */
  MUSTER_CI: 'circleci' | 'gitlab' | 'nomad' | 'ecs' | 'smoke';
  /** Base URL of the CI, without a trailing slash; empty with ecs. */
  MUSTER_CI_URL: string;
  /** What the runner serves: a CircleCI resource class `namespace/name`, the number of a GitLab runner, a node pool of Nomad, or a cluster of ECS. */
  MUSTER_QUEUE: string;
  /** one-job: leaves after its job. many-jobs: takes jobs until it is idle. */
  MUSTER_SERVES: 'one-job' | 'many-jobs';
  /** Whom the group may not end to become smaller: an instance with a job (which says so itself), or any (as it launches them). */
  MUSTER_PROTECTION: 'busy' | 'all';
  /** GitLab: how jobs run. Empty elsewhere. */
  MUSTER_EXECUTOR: 'shell' | 'docker' | '';
  /** Image of jobs that name none, with the docker executor; or empty. */
  MUSTER_DOCKER_IMAGE: string;
  /** Nomad: what the client says of itself. Empty elsewhere. */
  MUSTER_NOMAD_REGION: string;
  MUSTER_NOMAD_DATACENTER: string;
  /** Node class, or empty. */
  MUSTER_NOMAD_CLASS: string;
  /** Whether the driver raw_exec is allowed. */
  MUSTER_NOMAD_RAW_EXEC: 'true' | 'false' | '';
  /** SSM parameter that holds the id of the promoted image. */
  MUSTER_IMAGE_PARAMETER: string;
  /** Seconds after which an instance takes no further job. */
  MUSTER_MAX_AGE: number;
  /** Secrets Manager name of the runner token; empty with ecs, which has none. */
  MUSTER_RUNNER_TOKEN_SECRET: string;
  MUSTER_LOG_GROUP: string;
  MUSTER_LAUNCHING_HOOK: string;
  MUSTER_TERMINATING_HOOK: string;
  /** Seconds. */
  MUSTER_LAUNCHING_HEARTBEAT: number;
  MUSTER_TERMINATING_HEARTBEAT: number;
  /** Seconds that one job may take. */
  MUSTER_JOB_LIMIT: number;
  /** Seconds without a job after which an instance leaves. */
  MUSTER_IDLE_TIMEOUT: number;
  /** Jobs that one instance runs at once. */
  MUSTER_SLOTS: number;
  MUSTER_DOCKER: 'rootless' | 'rootful' | 'none';
  /** http://host:port, or empty. */
  MUSTER_PROXY: string;
  /** Comma-separated, or empty. */
  MUSTER_NO_PROXY: string;
}

/** Lines of KEY=value that both bash and systemd's EnvironmentFile read alike: no quotes, spaces or expansions in values. */
export function toUserData(environment: BootEnvironment): string {
  const lines = Object.entries(environment).map(([key, value]) => {
    const text = String(value);
    if (!/^[\w@%+=:,./-]*$/.test(text)) {
      throw new Error(
        `The boot environment cannot carry ${key}=${JSON.stringify(text)}: use letters, digits and @%+=:,./_- only.`,
      );
    }
    return `${key}=${text}`;
  });
  return `${lines.join('\n')}\n`;
}
