/** Tasks of GitHub's runners can be launched: on Fargate, on hosts, in this network. */
import { toTaskLimitMinutes } from '../groups';
import { type Path, type Problem, show } from '../problem';
import type { Draft } from '../salvage';
import type { GithubEcsConfig } from '../schema';
import { architectureOf } from './architecture';
import { eachRepository, type GithubDraft, hasMode } from './github';
import { findRepeated } from './repeated';
import { lookUp, type Rule, type Subject } from './rule';

/**
 * Least and most memory of each CPU size of Fargate, and the steps between, GiB. Source: ECS developer guide,
 * "Troubleshoot Amazon ECS task definition invalid CPU or memory errors" (task-cpu-memory-error.html).
 */
const FARGATE: Record<number, [least: number, most: number, step: number]> = {
  256: [0.5, 2, 0],
  512: [1, 4, 1],
  1024: [2, 8, 1],
  2048: [4, 16, 1],
  4096: [8, 30, 1],
  8192: [16, 60, 4],
  16384: [32, 120, 8],
};

/** AWS holds an instance on its way out for so long, minutes. */
const LONGEST_DRAIN = 2880;

export const fargateHasTheSizes: Rule = (config) => {
  const onFargate = new Set(
    (config.githubEcs?.repositories ?? []).flatMap((rule) =>
      rule && hasMode(rule, 'fargate', 'fargate-spot') ? (rule.sizes ?? []) : [],
    ),
  );
  return Object.entries(config.githubEcs?.sizes ?? {}).flatMap(([name, size]) => {
    if (!onFargate.has(name) || size?.cpu === undefined) return [];
    const path = ['githubEcs', 'sizes', name];
    const of = FARGATE[size.cpu];
    if (!of) {
      const remedy = `use one of ${Object.keys(FARGATE).join(', ')}, or the mode ec2 alone`;
      return [{ path: [...path, 'cpu'], wrong: `Fargate has no tasks with ${size.cpu} CPU units`, remedy }];
    }
    if (size.memoryMb === undefined || isOffered(size.memoryMb / 1024, of)) return [];
    return [
      {
        path: [...path, 'memoryMb'],
        wrong: `Fargate gives no task with ${size.cpu} CPU units ${size.memoryMb} MiB`,
        remedy: `use ${describe(of)}`,
      },
    ];
  });
};

/** 0.25 vCPU comes with 0.5, 1 or 2 GiB. */
const isOffered = (memory: number, [least, most, step]: [number, number, number]) =>
  step === 0 ? [0.5, 1, 2].includes(memory) : memory >= least && memory <= most && memory % step === 0;

const describe = ([least, most, step]: [number, number, number]) =>
  step === 0 ? '512, 1024 or 2048' : `${least * 1024} to ${most * 1024} in steps of ${step * 1024}`;

export const ec2HasHosts: Rule = (config) =>
  eachRepository(config, (rule, path, github) =>
    'hosts' in github || !hasMode(rule, 'ec2')
      ? []
      : [
          {
            path: [...path, 'modes', rule.modes?.indexOf('ec2') ?? 0],
            wrong: 'there are no hosts for tasks of the mode ec2',
            remedy: 'add githubEcs.hosts, or remove the mode',
          },
        ],
  );

type Hosts = Draft<NonNullable<GithubEcsConfig['hosts']>>;

const ofHosts =
  (check: (hosts: Hosts, path: Path, config: Subject, github: GithubDraft) => Problem[]): Rule =>
  (config) =>
    config.githubEcs?.hosts
      ? check(config.githubEcs.hosts, ['githubEcs', 'hosts'], config, config.githubEcs)
      : [];

export const hostsHaveAnImage: Rule = ofHosts(({ image: named }, path, { images }, github) => {
  if (named === undefined || !images) return [];
  const at = [...path, 'image'];
  if (!Object.hasOwn(images, named)) {
    const remedy = 'name one of images, with agents: [ecs] and toolchains: [docker]';
    return [{ path: at, wrong: `there is no image ${show(named)}`, remedy }];
  }
  const image = lookUp(images, named);
  const lacks = (list: readonly (string | undefined)[] | undefined, wanted: string) =>
    list !== undefined && !list.includes(wanted) && !list.includes(undefined);
  const again = 'and bake it again';
  const problems: Problem[] = [];
  if (lacks(image?.agents, 'ecs')) {
    const remedy = `add ecs to images.${named}.agents ${again}`;
    problems.push({ path: at, wrong: `image ${show(named)} has no agent of ECS`, remedy });
  }
  if (lacks(image?.toolchains, 'docker')) {
    const remedy = `add docker to images.${named}.toolchains ${again}`;
    problems.push({
      path: at,
      wrong: `image ${show(named)} has no docker, which runs the containers`,
      remedy,
    });
  }
  const wanted = github.image?.architecture;
  if (image?.architecture && wanted && image.architecture !== wanted) {
    problems.push({
      path: at,
      wrong: `image ${show(named)} is ${image.architecture}, but the runner's image (githubEcs.image) is ${wanted}`,
      remedy: 'use one architecture for both',
    });
  }
  return problems;
});

export const hostsFitTheirImage: Rule = ofHosts((hosts, path, { images }) => {
  const image = lookUp(images, hosts.image);
  const architecture = image?.architecture;
  const types = (hosts.instanceTypes ?? []).flatMap((type, index) =>
    type === undefined || architecture === undefined || architectureOf(type) === architecture
      ? []
      : [
          {
            path: [...path, 'instanceTypes', index],
            wrong: `${type} is ${architectureOf(type)}, but image ${show(hosts.image)} is ${architecture}`,
            remedy: `use a type of ${architecture}, such as ${architecture === 'arm64' ? 'm7g.large' : 'm7i.large'}`,
          },
        ],
  );
  const least = image?.diskGb;
  if (hosts.diskGb === undefined || least === undefined || hosts.diskGb >= least) return types;
  return [
    ...types,
    {
      path: [...path, 'diskGb'],
      wrong: `${hosts.diskGb} GB is less than the disk of image ${show(hosts.image)}, ${least} GB`,
      remedy: `use at least ${least}`,
    },
  ];
});

export const hostTypesDiffer: Rule = ofHosts(({ instanceTypes }, path) =>
  findRepeated(instanceTypes ?? [], (type, index) => ({
    path: [...path, 'instanceTypes', index],
    wrong: `${type} is there twice`,
    remedy: 'remove one',
  })),
);

export const jobsOfHostsEndInTime: Rule = ofHosts((_hosts, _path, _config, github) => {
  const { jobLimitMinutes, claimMinutes } = github;
  if (jobLimitMinutes === undefined || claimMinutes === undefined) return [];
  const over = toTaskLimitMinutes({ jobLimitMinutes, claimMinutes }) - LONGEST_DRAIN;
  if (over <= 0) return [];
  return [
    {
      path: ['githubEcs', 'jobLimitMinutes'],
      wrong: `jobs of ${jobLimitMinutes} minutes take longer than AWS lets a host finish them, ${LONGEST_DRAIN} minutes with all that is around a job`,
      remedy: `use at most ${jobLimitMinutes - over}, or Fargate without hosts`,
    },
  ];
});

/**
 * A network of ours without NAT has endpoints for what instances of fleets call, none of ECR and ECS. Fargate pulls images
 * without any proxy, and hosts take none for AWS where there are endpoints (stacks/fleet/to-instance-environment.ts).
 */
export const tasksHaveAWayOut: Rule = ({ network, ...config }) =>
  'githubEcs' in config &&
  network?.kind === 'new' &&
  network.subnets === 'private' &&
  network.nat === 'none' &&
  config.organization !== undefined &&
  'proxy' in config.organization
    ? [
        {
          path: ['network', 'nat'],
          wrong:
            'tasks of githubEcs could not pull their image, nor hosts join their cluster: Fargate uses no proxy, hosts none for AWS, and there would be no endpoints of ECR and ECS',
          remedy:
            'set nat: one (or per-zone), or use an existing network with endpoints for ecr.api, ecr.dkr, logs and s3 (with hosts also ecs, ecs-agent and ecs-telemetry)',
        },
      ]
    : [];
