/** What a runner is as a task: pure but for the references to what exists. No secret is in it, and none comes into it. */
import type { EcsTaskDefinitionConfig } from '@cdktf/provider-aws/lib/ecs-task-definition';
import { runnerLogGroup, TAGS } from '../../config/names';
import type { Config, GithubEcsConfig, RepositoryRule } from '../../config/schema';
import type { Family } from './families';

/** The action says in its call what this container is told. */
export const CONTAINER = 'runner';

/** Seconds from SIGTERM to SIGKILL. Fargate grants no more, and spot takes a task back after two minutes. */
const STOP_SECONDS = 120;

/**
 * What the container takes for that, its job's cancellation included. A host on spot hears of its end two minutes before, too, but
 * asks for that every few seconds, and then drains: its containers are told about 110 s before it is gone, and their last words,
 * the end of the job at GitHub, have to be out by then.
 */
const toldSeconds = (launch: Family['launch']) => (launch === 'ec2' ? 90 : STOP_SECONDS);

/** User of the image, with this number in containers/github-runner. */
const USER = '1001';

export interface TaskProps {
  config: Config;
  githubEcs: GithubEcsConfig;
  rule: RepositoryRule;
  family: Family;
  /** Of the promoted image. */
  image: string;
  taskRoleArn: string;
  executionRoleArn: string;
}

export function toTaskDefinition(props: TaskProps): EcsTaskDefinitionConfig {
  const { githubEcs, rule, family, taskRoleArn, executionRoleArn } = props;
  const size = githubEcs.sizes[family.size];
  // The rules of the config refuse it.
  if (!size)
    throw new Error(`Repository rule "${rule.name}" asks for size "${family.size}", which is not there.`);
  const onFargate = family.launch === 'fargate';
  return {
    family: family.family,
    requiresCompatibilities: [onFargate ? 'FARGATE' : 'EC2'],
    // bridge: the metadata service of a host is one hop further than its answers go (stacks/fleet/fleet-launch-template.ts).
    networkMode: onFargate ? 'awsvpc' : 'bridge',
    cpu: String(size.cpu),
    memory: String(size.memoryMb),
    runtimePlatform: {
      operatingSystemFamily: 'LINUX',
      cpuArchitecture: githubEcs.image.architecture === 'arm64' ? 'ARM64' : 'X86_64',
    },
    ...(onFargate && size.diskGb !== undefined ? { ephemeralStorage: { sizeInGib: size.diskGb } } : {}),
    taskRoleArn,
    executionRoleArn,
    containerDefinitions: JSON.stringify([toContainer(props)]),
    // A promotion registers a revision of its own, which is no change of the deploy's.
    trackLatest: true,
    tags: { [TAGS.rule]: rule.name },
  };
}

const toContainer = ({ config, githubEcs, rule, family, image }: TaskProps) => ({
  name: CONTAINER,
  image,
  essential: true,
  user: USER,
  // Jobs write where they like: what they write is gone with the task.
  readonlyRootFilesystem: false,
  // The image has its own.
  linuxParameters: { initProcessEnabled: false },
  stopTimeout: STOP_SECONDS,
  environment: toEnvironment(config, githubEcs, family),
  logConfiguration: {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': runnerLogGroup(config.environment),
      'awslogs-region': config.aws.region,
      'awslogs-stream-prefix': rule.name,
    },
  },
});

/** In the order of the names, as ECS tells it. */
function toEnvironment(
  { aws, organization }: Config,
  { claimMinutes, jobLimitMinutes }: GithubEcsConfig,
  { launch }: Family,
) {
  const { proxy, noProxy } = organization;
  const variables = {
    // Fargate says so by itself, the agent of a host does not.
    AWS_REGION: aws.region,
    MUSTER_CLAIM_MINUTES: String(claimMinutes),
    MUSTER_JOB_LIMIT_MINUTES: String(jobLimitMinutes),
    MUSTER_STOP_SECONDS: String(toldSeconds(launch)),
    ...(proxy
      ? { http_proxy: proxy, https_proxy: proxy, no_proxy: [...LINK_LOCAL, ...noProxy].join(',') }
      : {}),
  };
  return Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }));
}

/** Where a container gets its credentials and its metadata. */
const LINK_LOCAL = ['169.254.170.2', 'localhost', '127.0.0.1'];
