/** Hosts of containers can run tasks of GitHub's runners, and let them finish. */
import { toTaskLimitMinutes } from '../groups';
import { type Path, type Problem, show } from '../problem';
import type { Draft } from '../salvage';
import type { GithubEcsConfig } from '../schema';
import { architectureOf } from './architecture';
import { eachRepository, type GithubDraft, hasMode } from './github';
import { findRepeated } from './repeated';
import { lookUp, type Rule, type Subject } from './rule';

/** AWS holds an instance on its way out for so long, minutes. */
const LONGEST_DRAIN = 2880;

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
