/** What the drain Lambda is told, from the config. */
import { drainName, groupName, instanceLogGroup, TERMINATING_HOOK } from '../../config/names';
import type { Config } from '../../config/schema';
import type { Settings } from '../../lambda/drain/settings';

export const toDrainSettings = ({ environment, fleets }: Config): Settings => ({
  environment,
  document: drainName(environment),
  hook: TERMINATING_HOOK,
  groups: Object.fromEntries(
    fleets.map(({ name }) => [
      groupName(environment, name),
      { fleet: name, logGroup: instanceLogGroup(environment, name) },
    ]),
  ),
});
