/** Perfect settings, with deviations. */
import type {
  CircleciFleet,
  GithubEcsSettings,
  GitlabFleet,
  ImageSettings,
  Settings,
} from '../../../lambda/housekeeper/settings';

const common = {
  name: 'linux',
  group: 'muster-dev-linux',
  apiTokenSecret: 'muster/dev/ci/main/api-token',
  unknownMinutes: 15,
};

export const fleetSettingsOf = (changes: Partial<GitlabFleet> = {}): GitlabFleet => ({
  ci: 'gitlab',
  ...common,
  runnerId: 7,
  baseUrl: 'https://gitlab.com',
  runnerTokenSecret: 'muster/dev/fleet/linux/runner-token',
  ...changes,
});

export const circleciFleetOf = (changes: Partial<CircleciFleet> = {}): CircleciFleet => ({
  ci: 'circleci',
  ...common,
  baseUrl: 'https://runner.circleci.com',
  resourceClass: 'acme/linux',
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

export const githubEcsOf = (changes: Partial<GithubEcsSettings> = {}): GithubEcsSettings => ({
  baseUrl: 'https://api.github.com',
  credentialsSecret: 'muster/dev/ci/hub/api-token',
  cluster: 'muster-dev',
  rules: [ruleOf('api', 'acme/api'), ruleOf('web', 'acme/web')],
  claimMinutes: 10,
  jobLimitMinutes: 360,
  ...changes,
});

export const ruleOf = (name: string, repository: string): GithubEcsSettings['rules'][number] => ({
  name,
  repository,
  jitSecretPrefix: `muster/dev/github/${name}/jit/`,
});

export const settingsOf = (changes: Partial<Settings> = {}): Settings => ({
  environment: 'dev',
  region: 'eu-central-1',
  fleets: [fleetSettingsOf()],
  images: [imageSettingsOf()],
  imagesMode: 'delete',
  topicArn: 'arn:aws:sns:eu-central-1:123456789012:muster-dev-alarms',
  ...changes,
});
