/** What the scaler is told, from the config. */
import { apiTokenSecret, groupName } from '../../config/names';
import type { Config } from '../../config/schema';
import type { AccountSettings, FleetSettings, Settings } from '../../lambda/scaler/settings';

export function toSettings(config: Config): Settings {
  const { environment } = config;
  return {
    environment,
    pollSeconds: config.scaler.pollSeconds,
    accounts: Object.fromEntries(
      Object.entries(config.accounts).map(([name, account]): [string, AccountSettings] => [
        name,
        {
          ci: account.ci,
          baseUrl: account.baseUrl.replace(/\/+$/, ''),
          apiTokenSecret: apiTokenSecret(environment, name),
          ...(account.concurrency === undefined ? {} : { concurrency: account.concurrency }),
        },
      ]),
    ),
    fleets: config.fleets.map(
      (fleet): FleetSettings => ({
        name: fleet.name,
        group: groupName(environment, fleet.name),
        account: fleet.account,
        queue: { resourceClass: fleet.resourceClass },
        max: fleet.max,
        warm: fleet.warm,
        slots: fleet.jobsPerInstance,
        ...(fleet.surge === undefined ? {} : { surge: fleet.surge }),
        ...(fleet.hours === undefined ? {} : { hours: fleet.hours }),
      }),
    ),
  };
}
