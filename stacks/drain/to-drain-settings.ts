/** What the drain Lambda is told, from the config. */
import { toGroups } from '../../config/groups';
import { drainName, groupName, instanceLogGroup, TERMINATING_HOOK } from '../../config/names';
import type { Config } from '../../config/schema';
import type { Settings } from '../../lambda/drain/settings';

export const toDrainSettings = (config: Config): Settings => ({
  environment: config.environment,
  document: drainName(config.environment),
  hook: TERMINATING_HOOK,
  groups: Object.fromEntries(
    toGroups(config).map(({ name }) => [
      groupName(config.environment, name),
      { fleet: name, logGroup: instanceLogGroup(config.environment, name) },
    ]),
  ),
});
