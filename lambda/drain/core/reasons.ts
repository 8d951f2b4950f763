/**
 * What becomes of a message, and why: one union, shared by log lines, metrics, docs/drain-reasons.md and tests.
 * `meaning` and `remedy` are one line each.
 */
export type Outcome =
  /** Not for us. */
  | 'ignored'
  /** There is nothing left to do. */
  | 'late'
  /** The instance drains. */
  | 'started'
  /** The hook was completed from here: nobody waits for the instance any more. */
  | 'released'
  /** The instance could not be told, and goes by its own second trigger, or by silence. */
  | 'left'
  /** AWS invokes us with it again. */
  | 'again';

interface Entry {
  outcome: Outcome;
  meaning: string;
  remedy: string;
}

const nothing = 'Nothing: this is normal.';
const look =
  'Find out why Systems Manager does not reach instances: agent, network (endpoints `ssm` and `ssmmessages`), instance role.';

export const REASONS = {
  'drain-started': {
    outcome: 'started',
    meaning: 'The instance was told to drain and has begun to.',
    remedy: nothing,
  },
  'test-notification': {
    outcome: 'ignored',
    meaning: 'Auto Scaling tried whether its messages arrive, as it does when a hook is made or changed.',
    remedy: nothing,
  },
  'unknown-message': {
    outcome: 'ignored',
    meaning: 'The message is none of Auto Scaling and no notice of spot capacity.',
    remedy: 'Find out who else publishes to the topic, or calls the function.',
  },
  'other-group': {
    outcome: 'ignored',
    meaning: 'The instance belongs to no group of this environment.',
    remedy: nothing,
  },
  'other-hook': {
    outcome: 'ignored',
    meaning: 'The message is of another lifecycle hook, or of a launch.',
    remedy: 'Take the target away from that hook: this topic is for instances that are to go.',
  },
  held: {
    outcome: 'ignored',
    meaning: 'AWS advises to rebalance an instance that an operator holds.',
    remedy: nothing,
  },
  'not-in-group': {
    outcome: 'late',
    meaning: 'Auto Scaling does not know the instance any more: it is gone.',
    remedy: nothing,
  },
  'not-waiting': {
    outcome: 'late',
    meaning: 'The instance does not wait for its drain: it has drained already.',
    remedy: nothing,
  },
  'hook-over': {
    outcome: 'late',
    meaning: 'The hook was to be completed, but somebody else had completed it meanwhile.',
    remedy: nothing,
  },
  'instance-gone': {
    outcome: 'released',
    meaning: 'The machine does not run any more, so nobody else would complete its hook.',
    remedy: 'Nothing for spot and for stopped instances of a warm pool. Otherwise look who ended it.',
  },
  unreachable: {
    outcome: 'released',
    meaning:
      "Systems Manager did not reach the instance, it sent no line of its journal for five minutes, it is not protected and EC2's check of it fails.",
    remedy: look,
  },
  'alive-without-ssm': {
    outcome: 'left',
    meaning:
      "Systems Manager did not reach the instance, but it shows life, is protected or does not fail EC2's check, so it may have a job.",
    remedy: look,
  },
  'life-unknown': {
    outcome: 'left',
    meaning:
      "Systems Manager did not reach the instance, EC2's check of it fails, and its journal could not be read.",
    remedy: `Read the detail. ${look}`,
  },
  'drain-failed': {
    outcome: 'left',
    meaning: 'The instance was reached at the last try, but its drain failed at once.',
    remedy: 'Read the output of the command (Run Command in the console) and the journal of the instance.',
  },
  'notice-unanswered': {
    outcome: 'left',
    meaning: 'Systems Manager did not reach an instance that AWS wants back; it sees the notice by itself.',
    remedy: look,
  },
  unanswered: {
    outcome: 'again',
    meaning: 'Systems Manager did not reach the instance at this try.',
    remedy: 'Nothing yet: AWS tries again after one and after two minutes.',
  },
  'aws-failed': {
    outcome: 'again',
    meaning: 'AWS did not answer a question, or refused a change.',
    remedy:
      "Read the detail: throttling, the function's role, or AWS itself. The alarm tells when the last try failed.",
  },
} as const satisfies Record<string, Entry>;
export type Reason = keyof typeof REASONS;

export const toOutcome = (reason: Reason): Outcome => REASONS[reason].outcome;

/** Instances that nobody could tell: the alarm. */
export const UNANSWERED: ReadonlySet<Reason> = new Set([
  'unreachable',
  'alive-without-ssm',
  'life-unknown',
  'drain-failed',
  'notice-unanswered',
]);
