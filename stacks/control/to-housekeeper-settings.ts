/** What the housekeeper is told, from the config. */
import {
  apiTokenSecret,
  groupName,
  imageParameter,
  launchTemplateName,
  runnerTokenSecret,
} from '../../config/names';
import type { Config } from '../../config/schema';
import type { FleetSettings, ImageSettings, Settings } from '../../lambda/housekeeper/settings';
import { toBaseUrl } from '../to-base-url';

export function toHousekeeperSettings(config: Config): Settings {
  const { environment, aws, images, housekeeping } = config;
  return {
    environment,
    region: aws.region,
    fleets: config.fleets.flatMap((fleet): FleetSettings[] => {
      const account = config.accounts[fleet.account];
      if (!fleet.gitlab || !account) return [];
      return [
        {
          name: fleet.name,
          group: groupName(environment, fleet.name),
          runnerId: fleet.gitlab.runnerId,
          baseUrl: toBaseUrl(account),
          apiTokenSecret: apiTokenSecret(environment, fleet.account),
          runnerTokenSecret: runnerTokenSecret(environment, fleet.name),
        },
      ];
    }),
    images: Object.entries(images).map(
      ([name, { keep, shareWith, copyTo }]): ImageSettings => ({
        name,
        parameter: imageParameter(environment, name),
        launchTemplates: config.fleets
          .filter((fleet) => fleet.image === name)
          .map((fleet) => launchTemplateName(environment, fleet.name)),
        keep,
        shareWith,
        copyTo,
      }),
    ),
    imagesMode: housekeeping.images,
  };
}
