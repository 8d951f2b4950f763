/** What launches instances: the fleets, and the hosts of containers (githubEcs.hosts). */
import { CONTAINER_HOSTS } from './names';
import type { AccountConfig, Config, FleetConfig, GithubEcsConfig } from './schema';

export interface Group
  extends Pick<FleetConfig, 'name' | 'image' | 'tags' | 'spotPercent' | 'jobLimitMinutes'> {
  /** What its image must have. */
  agent: Exclude<AccountConfig['ci'], 'github'> | 'ecs';
}

/** What the housekeeper waits for beyond the limits of a task before it stops it, minutes. */
const LATE_MINUTES = 15;

/** Longest that a task may be on a host by right: until a job takes it, the job, and until the housekeeper ends it. */
export const toTaskLimitMinutes = ({
  claimMinutes,
  jobLimitMinutes,
}: Pick<GithubEcsConfig, 'claimMinutes' | 'jobLimitMinutes'>): number =>
  claimMinutes + jobLimitMinutes + LATE_MINUTES;

export function toGroups({ fleets, accounts, githubEcs }: Config): Group[] {
  const ofFleets = fleets.flatMap((fleet) => {
    const ci = accounts[fleet.account]?.ci;
    // The rules of the config refuse a fleet of another account.
    return ci === undefined || ci === 'github' ? [] : [{ ...fleet, agent: ci }];
  });
  if (!githubEcs?.hosts) return ofFleets;
  const { image, tags, spotPercent } = githubEcs.hosts;
  const jobLimitMinutes = toTaskLimitMinutes(githubEcs);
  return [...ofFleets, { name: CONTAINER_HOSTS, image, tags, spotPercent, jobLimitMinutes, agent: 'ecs' }];
}
