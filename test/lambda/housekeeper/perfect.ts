/** Perfect settings, with deviations. */
import type { FleetSettings, ImageSettings, Settings } from '../../../lambda/housekeeper/settings';

export const fleetSettingsOf = (changes: Partial<FleetSettings> = {}): FleetSettings => ({
  name: 'linux',
  group: 'muster-dev-linux',
  runnerId: 7,
  baseUrl: 'https://gitlab.com',
  apiTokenSecret: 'muster/dev/ci/main/api-token',
  runnerTokenSecret: 'muster/dev/fleet/linux/runner-token',
  ...changes,
});

export const imageSettingsOf = (changes: Partial<ImageSettings> = {}): ImageSettings => ({
  name: 'runner',
  parameter: '/muster/dev/image/runner',
  launchTemplates: ['muster-dev-linux'],
  keep: 2,
  shareWith: [],
  copyTo: [],
  ...changes,
});

export const settingsOf = (changes: Partial<Settings> = {}): Settings => ({
  environment: 'dev',
  region: 'eu-central-1',
  fleets: [fleetSettingsOf()],
  images: [imageSettingsOf()],
  imagesMode: 'delete',
  ...changes,
});
