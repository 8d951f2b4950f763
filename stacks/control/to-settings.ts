/** What the scaler is told, from the config. */
import { apiTokenSecret, groupName } from '../../config/names';
import type { Config, FleetConfig, QueueAccount, WarmConfig } from '../../config/schema';
import type { AccountSettings, FleetSettings, Queue, Settings, Warm } from '../../lambda/scaler/settings';
import { toBaseUrl } from '../to-base-url';
import { toHourlyWarm } from '../warm-hours';

export function toSettings(config: Config): Settings {
  const { environment } = config;
  return {
    environment,
    pollSeconds: config.scaler.pollSeconds,
    accounts: Object.fromEntries(
      Object.entries(config.accounts).flatMap(([name, account]) =>
        account.ci === 'github' ? [] : [[name, toAccount(account, apiTokenSecret(environment, name))]],
      ),
    ),
    fleets: config.fleets.map(
      (fleet): FleetSettings => ({
        name: fleet.name,
        group: groupName(environment, fleet.name),
        account: fleet.account,
        queue: toQueue(fleet),
        max: fleet.max,
        warm: toWarm(fleet.warm),
        slots: fleet.jobsPerInstance,
        ...(fleet.surge === undefined ? {} : { surge: fleet.surge }),
        ...(fleet.hours === undefined ? {} : { hours: fleet.hours }),
        ...(fleet.spotPercent > 0
          ? { spot: { percent: fleet.spotPercent, fallbackMinutes: fleet.spotFallbackMinutes } }
          : {}),
        ...(fleet.protection === 'all' ? { protection: 'all' } : {}),
      }),
    ),
  };
}

function toAccount(account: QueueAccount, secret: string): AccountSettings {
  const common = {
    baseUrl: toBaseUrl(account),
    apiTokenSecret: secret,
    ...(account.concurrency === undefined ? {} : { concurrency: account.concurrency }),
  };
  if (account.ci === 'nomad') return { ci: 'nomad', ...common, region: account.region };
  return account.ci === 'gitlab'
    ? {
        ci: 'gitlab',
        ...common,
        requestsPerMinute: account.requestsPerMinute,
        ...(account.webhook ? { webhook: true } : {}),
      }
    : { ci: 'circleci', ...common };
}

function toQueue({ name, resourceClass, gitlab, nomad }: FleetConfig): Queue {
  if (nomad) {
    const { datacenter, nodePool, namespaces, demand } = nomad;
    return { ci: 'nomad', datacenter, nodePool, namespaces, demand };
  }
  if (gitlab) {
    const { runnerId, projects, groups } = gitlab;
    return { ci: 'gitlab', runnerId, projects, groups };
  }
  // The rules of the config refuse a fleet with neither.
  if (resourceClass === undefined)
    throw new Error(`Fleet "${name}" serves nothing: it has no resourceClass.`);
  return { ci: 'circleci', resourceClass };
}

const toWarm = (warm: WarmConfig): Warm =>
  typeof warm === 'number' ? warm : { timeZone: warm.timeZone, byHour: toHourlyWarm(warm) };
