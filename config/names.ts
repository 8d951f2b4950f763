/**
 * The names of everything that Muster creates, as pure functions of environment and fleet. Deterministic,
 * so that stacks, Lambdas and scripts agree without outputs or cross-stack references (DESIGN.md 4.11).
 */
export const groupName = (environment: string, fleet: string) => `muster-${environment}-${fleet}`;
export const launchTemplateName = groupName;
export const instanceRoleName = (environment: string, fleet: string) =>
  `muster-${environment}-${fleet}-instance`;
export const instanceLogGroup = (environment: string, fleet: string) => `/muster/${environment}/${fleet}`;
/** The security group of all instances: nothing comes in. */
export const instanceSecurityGroup = (environment: string) => `muster-${environment}-instances`;
export const runnerTokenSecret = (environment: string, fleet: string) =>
  `muster/${environment}/fleet/${fleet}/runner-token`;

export const apiTokenSecret = (environment: string, account: string) =>
  `muster/${environment}/ci/${account}/api-token`;

/** SSM parameter whose value is the id of the promoted image; its history is the history of promotions. */
export const imageParameter = (environment: string, image: string) => `/muster/${environment}/image/${image}`;

export const scalerName = (environment: string) => `muster-${environment}-scaler`;
export const housekeeperName = (environment: string) => `muster-${environment}-housekeeper`;
/** The Lambda that tells instances to drain, and the SSM document that it runs on them. */
export const drainName = (environment: string) => `muster-${environment}-drain`;
/** The SNS topic that hears of each instance that is to end, and the role with which Auto Scaling writes to it. */
export const terminatingTopic = (environment: string) => `muster-${environment}-terminating`;
/** The Lambda behind the function URLs of job webhooks. */
export const webhookName = (environment: string) => `muster-${environment}-webhook`;
export const webhookSecret = (environment: string, account: string) =>
  `muster/${environment}/ci/${account}/webhook-secret`;

/** The CodeBuild project that renews the images, its schedule and its role. */
export const nightlyName = (environment: string) => `muster-${environment}-nightly`;
/** Buckets are named once in the whole world: the account id tells ours from others'. */
export const sourceBucket = (environment: string, accountId: string) =>
  `muster-${environment}-${accountId}-source`;
/** Role and instance profile of a machine that proves a new image. */
export const smokeRoleName = (environment: string) => `muster-${environment}-smoke`;
export const smokeLogGroup = (environment: string) => `/muster/${environment}/smoke`;

export const alarmTopicName = (environment: string) => `muster-${environment}-alarms`;

/** Lifecycle hooks live inside their group, so their names need no environment. */
export const LAUNCHING_HOOK = 'muster-launching';
export const TERMINATING_HOOK = 'muster-terminating';

/** Tags that say what an AWS resource belongs to. Keys that instance-metadata tags can carry (no `/`, no space). */
export const TAGS = {
  environment: 'muster:environment',
  fleet: 'muster:fleet',
  /** On images: the image definition, the boot contract it understands, its agents (separated by spaces), the commit it was baked from. */
  image: 'muster:image',
  contract: 'muster:contract',
  agents: 'muster:agents',
  commit: 'muster:commit',
  /** On a copy in another region: the AMI that it was made from. */
  copyOf: 'muster:copy-of',
  /** On an image that passed its smoke test: when, as ISO 8601. */
  proved: 'muster:proved',
} as const;
