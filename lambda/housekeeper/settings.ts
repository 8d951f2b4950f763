/**
 * What the stacks tell the housekeeper: a static file inside the Lambda package, as the scaler's.
 * Written by `serialize` at synthesis, read by `parse` at cold start; the one home of this contract.
 */
// `* as z`: the named export `z` would bring all languages of zod along, 400 KB.
import * as z from 'zod/mini';
import { settingsText } from '../settings-text';

/** CloudWatch metrics, dimension Environment: each run publishes how many it removed or ended. */
export const METRIC_NAMESPACE = 'Muster';
export const METRICS = {
  managersRemoved: 'ManagersRemoved',
  imagesRemoved: 'ImagesRemoved',
  stuckEnded: 'StuckEnded',
  runnersRemoved: 'RunnersRemoved',
  tasksStopped: 'TasksStopped',
} as const;

/** Tag of an instance that is held (`make hold`): since when, as ISO 8601. */
export const HELD_TAG = 'muster:held';

/** Tags of AMIs and snapshots, as config/names.ts has them; a test compares. */
export const IMAGE_TAGS = {
  environment: 'muster:environment',
  image: 'muster:image',
  /** On a copy in another region: the AMI that it was made from. */
  copyOf: 'muster:copy-of',
} as const;

/** What an invocation is to do; the input of its schedule: `{"task": "managers"}`. */
export const TASKS = ['managers', 'images', 'stuck', 'reminders', 'runners'] as const;
export type Task = (typeof TASKS)[number];

/**
 * The other event that starts it, whole and as EventBridge sends it: a task of `githubEcs.cluster` has stopped. Read of
 * its detail: clusterArn, taskArn, lastStatus, startedBy, startedAt.
 */
export const TASK_STOPPED = {
  source: 'aws.ecs',
  detailType: 'ECS Task State Change',
  lastStatus: 'STOPPED',
} as const;

/** What every fleet has. */
const common = {
  name: z.string(),
  /** Name of the Auto Scaling group. */
  group: z.string(),
};

/** What a fleet has whose CI tells which runners it knows. */
const listed = {
  ...common,
  /** The CI, without a slash at the end. */
  baseUrl: z.string(),
  /** Secrets Manager name of the account's API token: reads the runners. */
  apiTokenSecret: z.string(),
  /** An idle instance may be unknown to the CI for so long. */
  unknownMinutes: z.number(),
};

const circleci = z.object({ ci: z.literal('circleci'), ...listed, resourceClass: z.string() });

/** Its runner managers outlive instances that died without a word. */
const gitlab = z.object({
  ci: z.literal('gitlab'),
  ...listed,
  runnerId: z.number(),
  /** Secrets Manager name of the fleet's runner token: removes a manager. */
  runnerTokenSecret: z.string(),
});

const nomad = z.object({
  ci: z.literal('nomad'),
  ...listed,
  region: z.string(),
  datacenter: z.string(),
  nodePool: z.string(),
});

const fleet = z.discriminatedUnion('ci', [
  circleci,
  gitlab,
  nomad,
  /** Its CI has no list of runners that is looked at. */
  z.object({ ci: z.literal('unlisted'), ...common }),
]);

const image = z.object({
  name: z.string(),
  /** SSM parameter whose value is the promoted AMI, and whose history those before. */
  parameter: z.string(),
  /** Launch templates of the fleets with this image. */
  launchTemplates: z.array(z.string()),
  /** Newest AMIs that stay, beside all that are in use. */
  keep: z.number(),
  /** AWS accounts that may launch the promoted AMI. */
  shareWith: z.array(z.string()),
  /** Regions that the promoted AMI is copied to. */
  copyTo: z.array(z.string()),
});

/** Runners for GitHub Actions on ECS. */
const githubEcs = z.object({
  /** GitHub's REST API, without a slash at the end. */
  baseUrl: z.string(),
  /** Secrets Manager name of the account's credentials: reads and removes runners. */
  credentialsSecret: z.string(),
  /** Name of the ECS cluster. */
  cluster: z.string(),
  rules: z.array(
    z.object({
      name: z.string(),
      /** owner/name. */
      repository: z.string(),
      /** Secrets Manager: 32 random hexadecimal characters follow. */
      jitSecretPrefix: z.string(),
    }),
  ),
  /** Minutes after which a runner that no job has taken is removed. */
  claimMinutes: z.number(),
  /** Longest that a job may take, minutes. */
  jobLimitMinutes: z.number(),
});

const settings = z.object({
  environment: z.string(),
  region: z.string(),
  fleets: z.array(fleet),
  /** ARN of the SNS topic that people read. */
  topicArn: z.string(),
  images: z.array(image),
  /** dry-run: say what would be removed; delete: remove it. */
  imagesMode: z.enum(['dry-run', 'delete']),
  githubEcs: z.optional(githubEcs),
});

export type Settings = z.infer<typeof settings>;
export type FleetSettings = z.infer<typeof fleet>;
export type GitlabFleet = z.infer<typeof gitlab>;
export type CircleciFleet = z.infer<typeof circleci>;
export type NomadFleet = z.infer<typeof nomad>;
export type ListedFleet = GitlabFleet | CircleciFleet | NomadFleet;
export type GithubEcsSettings = z.infer<typeof githubEcs>;
export type ImageSettings = z.infer<typeof image>;
export type ImagesMode = Settings['imagesMode'];

export const { serialize, parse } = settingsText(settings, 'housekeeper');
