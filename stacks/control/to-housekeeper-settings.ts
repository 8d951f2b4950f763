/** What the housekeeper is told, from the config. */
import { toGroups } from '../../config/groups';
import {
  alarmTopicName,
  apiTokenSecret,
  CONTAINER_HOSTS,
  clusterName,
  groupName,
  imageParameter,
  jitSecretPrefix,
  launchTemplateName,
  runnerTokenSecret,
} from '../../config/names';
import type { Config, FleetConfig, GithubEcsConfig } from '../../config/schema';
import type {
  FleetSettings,
  GithubEcsSettings,
  ImageSettings,
  Settings,
} from '../../lambda/housekeeper/settings';
import { buildArns } from '../arns';
import { toBaseUrl } from '../to-base-url';

export function toHousekeeperSettings(config: Config): Settings {
  const { environment, aws, images, housekeeping } = config;
  return {
    environment,
    region: aws.region,
    fleets: [...config.fleets.map((fleet) => toFleet(config, fleet)), ...toHosts(config)],
    topicArn: buildArns(aws).named('sns', alarmTopicName(environment)),
    images: Object.entries(images).map(
      ([name, { keep, shareWith, copyTo }]): ImageSettings => ({
        name,
        parameter: imageParameter(environment, name),
        launchTemplates: toGroups(config)
          .filter((group) => group.image === name)
          .map((group) => launchTemplateName(environment, group.name)),
        keep,
        shareWith,
        copyTo,
      }),
    ),
    imagesMode: housekeeping.images,
    ...(config.githubEcs ? { githubEcs: toGithubEcs(config, config.githubEcs) } : {}),
  };
}

function toGithubEcs(
  { environment, accounts }: Config,
  { account: named, claimMinutes, jobLimitMinutes, repositories }: GithubEcsConfig,
): GithubEcsSettings {
  const account = accounts[named];
  // The rules of the config refuse it.
  if (!account) throw new Error(`githubEcs names account "${named}", which is not in the config.`);
  return {
    baseUrl: toBaseUrl(account),
    credentialsSecret: apiTokenSecret(environment, named),
    cluster: clusterName(environment),
    rules: repositories.map(({ name, repository }) => ({
      name,
      repository,
      jitSecretPrefix: jitSecretPrefix(environment, name),
    })),
    claimMinutes,
    jobLimitMinutes,
  };
}

/** A host can be held, too, and people are reminded of it. No list of runners tells of its agent. */
const toHosts = ({ environment, githubEcs }: Config): FleetSettings[] =>
  githubEcs?.hosts
    ? [{ ci: 'unlisted', name: CONTAINER_HOSTS, group: groupName(environment, CONTAINER_HOSTS) }]
    : [];

function toFleet({ environment, accounts }: Config, fleet: FleetConfig): FleetSettings {
  const { name, resourceClass, gitlab, nomad, unknownMinutes } = fleet;
  const account = accounts[fleet.account];
  const common = { name, group: groupName(environment, name) };
  if (!account) return { ci: 'unlisted', ...common };
  const listed = {
    ...common,
    baseUrl: toBaseUrl(account),
    apiTokenSecret: apiTokenSecret(environment, fleet.account),
    unknownMinutes,
  };
  if (account.ci === 'gitlab' && gitlab) {
    const runnerToken = runnerTokenSecret(environment, name);
    return { ci: 'gitlab', ...listed, runnerId: gitlab.runnerId, runnerTokenSecret: runnerToken };
  }
  // Where no demand is read, the API may be one that nobody shows.
  if (account.ci === 'nomad' && nomad?.demand === 'queue') {
    const { datacenter, nodePool } = nomad;
    return { ci: 'nomad', ...listed, region: account.region, datacenter, nodePool };
  }
  if (account.ci === 'circleci' && resourceClass) return { ci: 'circleci', ...listed, resourceClass };
  return { ci: 'unlisted', ...common };
}
