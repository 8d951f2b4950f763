/**
 * Every reason that a decision can have and every problem that can hide a number: one union each, shared by
 * log lines, docs/reasons.md and tests. `meaning` and `remedy` are one line each.
 */
import { LAUNCH_PROBLEMS } from './launch-problems';

interface Entry {
  meaning: string;
  remedy: string;
}

const nothing = 'Nothing: this is normal.';

export const REASONS = {
  idle: { meaning: 'No job waits and the fleet is empty.', remedy: nothing },
  enough: { meaning: 'What is there or on its way is enough.', remedy: nothing },
  queue: { meaning: 'Jobs wait: the fleet grows by what is missing.', remedy: nothing },
  warm: { meaning: 'The fleet grows to its warm capacity.', remedy: nothing },
  'stayed-queued': {
    meaning: 'Jobs stayed queued beside instances that do not take them, so others are launched.',
    remedy: 'If it happens often, look for agents that hang: the journals are in the log group of the fleet.',
  },
  surge: {
    meaning: 'Growth is limited by `surge` for this poll.',
    remedy: 'Raise or remove `surge` if jobs wait too long.',
  },
  'at-max': { meaning: 'The fleet is at its `max`.', remedy: 'Raise `max` if jobs wait too long.' },
  'at-group-max': {
    meaning: 'The MaxSize of the Auto Scaling group is below the `max` of the config.',
    remedy: 'Deploy again: somebody changed the group, or a deploy stopped half way.',
  },
  'at-concurrency': {
    meaning: "The fleets of this CI account together are at the account's `concurrency`.",
    remedy: "Raise `concurrency` if the CI's plan allows more.",
  },
  closed: { meaning: 'The fleet is outside its hours.', remedy: 'Change `hours` if it should be open.' },
  paused: {
    meaning: 'The fleet was closed by hand (`make pause`): running jobs end, and nothing is launched.',
    remedy: 'Run `make resume ENV=… FLEET=…` when it should serve again.',
  },
  opening: {
    meaning: 'The fleet opens within five minutes; its scheduled action launches the warm capacity.',
    remedy: nothing,
  },
  suspended: {
    meaning:
      'Processes of the Auto Scaling group are suspended, by somebody or by AWS after a day of failed launches.',
    remedy:
      'Find out why, then `aws autoscaling resume-processes --auto-scaling-group-name <group>` (keep AZRebalance suspended: `suspend-processes --scaling-processes AZRebalance`).',
  },
  'launch-failing': {
    meaning:
      'Launches keep failing: what nothing fills was cancelled, and one launch is tried again more and more slowly.',
    remedy:
      "Read the group's scaling activities and the fleet's log group (an instance that is not ready sends its reason there).",
  },
  'spot-fallback': {
    meaning:
      'Spot had no capacity for `spotFallbackMinutes`: for an hour on-demand instances are bought, then spot is tried again.',
    remedy: 'Name more `instanceTypes`, or use more zones, if it happens often.',
  },
  'not-claimed': {
    meaning: 'Instances leave unused while jobs stay queued: only one instance at a time is tried.',
    remedy:
      "Look for what keeps runners from the jobs: the plan's concurrency limit, a wrong runner token, another resource class.",
  },
  'demand-unknown': {
    meaning: 'The CI did not say how many jobs wait, so nothing changes.',
    remedy: 'See the problem in the log line, and the table below.',
  },
  'capacity-unknown': {
    meaning: 'AWS did not say what the fleet has, so nothing changes.',
    remedy: 'See the problem in the log line, and the table below.',
  },
  'change-failed': {
    meaning:
      'AWS did not take a change (desired capacity, a tag, or how spot fleets buy); the next poll tries again.',
    remedy: 'See the problem in the log line, and the table below.',
  },
} as const satisfies Record<string, Entry>;
export type Reason = keyof typeof REASONS;

export const PROBLEMS = {
  'token-missing': {
    meaning: 'The secret of the CI account is missing or empty.',
    remedy: 'Run `make secrets ENV=… ACCOUNT=…`.',
  },
  'token-unreadable': {
    meaning: 'Secrets Manager did not give the API token.',
    remedy: "Read the detail: the scaler's role, the KMS key, or AWS itself.",
  },
  'token-refused': {
    meaning: 'The CI refused the API token (401 or 403), also after reading it again.',
    remedy: 'Make a new personal or project token and run `make secrets ENV=… ACCOUNT=…`.',
  },
  'class-unknown': {
    meaning: 'The CI does not know the resource class (404).',
    remedy: 'Create it at the CI, or correct `resourceClass` (and `baseUrl`).',
  },
  'scope-missing': {
    meaning: 'The API token lacks a scope (403 insufficient_scope).',
    remedy: 'Make a token with the scope `read_api` and run `make secrets ENV=… ACCOUNT=…`.',
  },
  'access-missing': {
    meaning: 'The API token, or its user, may not read this (403).',
    remedy:
      "GitLab: give that user the role Maintainer in the runner's project (Owner in its group), and Reporter in all projects of the fleet. Nomad: give the token the policy in docs/nomad.md.",
  },
  'runner-missing': {
    meaning: 'GitLab does not know the runner (404).',
    remedy:
      'Correct `gitlab.runnerId`, the number that GitLab shows for the runner, or create the runner anew.',
  },
  'runner-paused': {
    meaning: 'The runner is paused in GitLab, so that none of its instances gets a job.',
    remedy: 'Resume it in GitLab, or take the fleet out of the config.',
  },
  'project-missing': {
    meaning: 'GitLab does not show the token a project or group of the fleet (404).',
    remedy: 'Correct `gitlab.projects` or `gitlab.groups`, or make the user of the token a member.',
  },
  'pool-missing': {
    meaning: 'Nomad does not know the node pool or the namespace (404).',
    remedy:
      'Correct `nomad.nodePool` or `nomad.namespaces`, or create it: `nomad node pool apply`, `nomad namespace apply`. Nomad before 1.6 has no node pools: `demand: none`.',
  },
  'queue-too-long': {
    meaning:
      'So many jobs wait that not all are looked at. GitLab: the fleet follows those of the project that are. Nomad: their number is unknown, and nothing grows.',
    remedy: 'Cancel what nobody needs; at GitLab, jobs whose tags no runner has wait until it fails them.',
  },
  'rate-limited': {
    meaning: 'The CI limits our requests (429), or the budget of the account is used up.',
    remedy:
      'If it stays: raise `pollSeconds` or lower `requestsPerMinute`, or split the fleets over more tokens.',
  },
  'server-error': { meaning: 'The CI failed (5xx).', remedy: "Wait; look at the CI's status page." },
  timeout: { meaning: 'No answer in time.', remedy: 'Wait; if it stays, check network and `baseUrl`.' },
  network: {
    meaning: 'No connection: name, route, TLS or a broken answer.',
    remedy: 'Check network, proxy and `baseUrl`.',
  },
  'unexpected-answer': {
    meaning: 'The answer is not what the API documents, so it is no count.',
    remedy: 'Check `baseUrl`; a proxy may answer in the place of the CI.',
  },
  'group-missing': {
    meaning: 'The Auto Scaling group does not exist.',
    remedy: 'Deploy again.',
  },
  throttled: {
    meaning: 'AWS limits our requests.',
    remedy:
      'If it stays: another program uses up the Auto Scaling limits of the account, or `pollSeconds` is too small.',
  },
  'aws-refused': {
    meaning: 'AWS refused the request.',
    remedy: "Read the detail: the scaler's role, a service control policy, or a value.",
  },
  'aws-error': { meaning: 'AWS failed.', remedy: 'Wait; look at the AWS Health Dashboard.' },
  ...LAUNCH_PROBLEMS,
  unknown: {
    meaning: 'A launch failed for a reason that this list does not have.',
    remedy: "Read AWS's words in the log line, and the group's scaling activities.",
  },
} as const satisfies Record<string, Entry>;
export type Problem = keyof typeof PROBLEMS;

/** Reasons for which a fleet that should grow cannot: the metric Blocked, and an alarm. */
export const BLOCKING: ReadonlySet<Reason> = new Set(['suspended', 'launch-failing', 'not-claimed']);
