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
export const dashboardName = (environment: string) => `muster-${environment}`;

/** The ECS cluster of GitHub's runners. */
export const clusterName = (environment: string) => `muster-${environment}`;
/** What a workflow of a repository rule assumes. */
export const workflowRoleName = (environment: string, rule: string) => `muster-${environment}-github-${rule}`;
/**
 * What the containers of a rule may do, and what ECS may do in order to start any of them. The names in a config have
 * dashes and no underscores: so no rule's name makes the role of another.
 */
export const runnerTaskRoleName = (environment: string, rule: string) =>
  `muster-${environment}-github-${rule}_task`;
export const runnerExecutionRoleName = (environment: string) => `muster-${environment}-github_execution`;
/** A task definition: one for each rule, size and launch type (`*`: any, in policies). */
export const runnerFamily = (
  environment: string,
  rule: string,
  size: string,
  launch: 'fargate' | 'ec2' | '*',
) => `muster-${environment}-${rule}_${size}_${launch}`;
export const runnerLogGroup = (environment: string) => `/muster/${environment}/github-runners`;
/** ECR repository of the runner's image, and the SSM parameter whose value is the promoted one (its digest). */
export const runnerRepository = (environment: string) => `muster-${environment}/github-runner`;
export const runnerImageParameter = (environment: string) => `/muster/${environment}/github-runner-image`;
/** SSM parameter that tells the action what a rule may use (actions/start-runner/settings.ts). */
export const startRunnerParameter = (environment: string, rule: string) =>
  `/muster/${environment}/github/${rule}`;
/** Just-in-time configurations on their way from a workflow to its runner; random characters follow. */
export const jitSecretPrefix = (environment: string, rule: string) =>
  `muster/${environment}/github/${rule}/jit/`;
/** In place of a fleet's name: the instances for tasks of the mode ec2; also names their capacity provider. */
export const CONTAINER_HOSTS = 'github-hosts';

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
  /** On tasks and secrets of GitHub's runners: the repository rule. */
  rule: 'muster:rule',
  /** On an image that passed its smoke test: when, as ISO 8601. */
  proved: 'muster:proved',
} as const;
