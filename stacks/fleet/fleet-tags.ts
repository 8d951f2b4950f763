/** The tags of what a group launches: provider default tags do not reach those. */
import { groupName, TAGS } from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';

export const toFleetTags = (
  config: Config,
  fleet: Pick<FleetConfig, 'name' | 'tags'>,
): Record<string, string> => ({
  ...config.organization.tags,
  ...fleet.tags,
  Name: groupName(config.environment, fleet.name),
  [TAGS.environment]: config.environment,
  [TAGS.fleet]: fleet.name,
});
