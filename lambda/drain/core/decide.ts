/**
 * What to do with a message, given what AWS says of the instance. A machine that may run a job is never released: the
 * hook is completed from here only for one that does not run any more, or that nothing was heard of from anywhere and
 * that fails EC2's own check.
 */
import type { Settings } from '../settings';
import type { Reason } from './reasons';
import type { Departure, Life, Message, Seen, Sent, Step } from './types';

/**
 * AWS invokes a function with what failed again after one minute and after two more: only the third try is
 * as old as this, unless the first ones waited for AWS for a minute and a half, or the message came late: which try it
 * is nobody tells.
 */
const LAST_TRY_MS = 150_000;

/** So young is a sign of life: the drain writes a line a minute, and the journal is sent off within seconds. */
export const LIFE_MS = 5 * 60_000;

const end = (reason: Reason, detail?: string): Step => ({
  do: 'end',
  reason,
  ...(detail === undefined ? {} : { detail }),
});

/** Before anything is asked: the reason why a message is none of ours, or undefined. */
export function screen(
  message: Message,
  { groups, hook }: Pick<Settings, 'groups' | 'hook'>,
): Step | undefined {
  if (message.kind === 'other') return end(message.reason, message.detail);
  if (message.kind === 'notice') return undefined;
  if (!Object.hasOwn(groups, message.group)) return end('other-group', message.group);
  if (message.hook !== hook || message.transition !== 'autoscaling:EC2_INSTANCE_TERMINATING')
    return end('other-hook', `${message.hook} ${message.transition}`);
  return undefined;
}

/** With what AWS says of the instance. */
export function judge(
  message: Departure,
  { member, machine }: Seen,
  { groups }: Pick<Settings, 'groups'>,
): Step {
  if (message.kind === 'notice') {
    // Every spot instance of the account has such notices.
    if (!member || !Object.hasOwn(groups, member.group)) return end('other-group', member?.group);
    // Its hook has a message of its own, which releases it.
    if (machine === 'gone' || /Terminat(ing:Proceed|ed)/.test(member.state))
      return end('not-waiting', member.state);
    if (message.notice === 'rebalance' && /Standby/.test(member.state)) return end('held');
    return { do: 'send' };
  }
  if (!member || member.group !== message.group) return end('not-in-group');
  // A stopped instance of a warm pool waits as well (Warmed:Terminating:Wait), and can complete nothing.
  if (!/^(Warmed:)?Terminating(:Wait)?$/.test(member.state)) return end('not-waiting', member.state);
  if (machine === 'gone') return { do: 'release', reason: 'instance-gone', group: member.group };
  return { do: 'send' };
}

export const isLastTry = ({ at }: Departure, now: number): boolean =>
  at !== undefined && now - at >= LAST_TRY_MS;

/**
 * At the last try, of an instance that could not be told. Systems Manager, the journal and the protection all need the
 * instance to reach AWS: they fail together while the CI, reached another way, goes on with its job. EC2's check needs
 * nothing of it but an answer on the network, and only `impaired` says that there is none: a young instance is
 * `initializing` while it has its first job already, and for `insufficient-data` the fault is EC2's.
 */
export function settle(
  message: Departure,
  { member, machine }: Seen,
  sent: Exclude<Sent, { kind: 'started' }>,
  life: Life,
): Step {
  if (sent.kind === 'failed') return end('drain-failed', sent.detail);
  if (message.kind === 'notice') return end('notice-unanswered', sent.detail);
  if (!member || member.isProtected || life.kind === 'alive' || machine !== 'impaired')
    return end('alive-without-ssm', sent.detail);
  if (life.kind === 'unknown') return end('life-unknown', `${sent.detail}; ${life.detail}`);
  return { do: 'release', reason: 'unreachable', group: member.group };
}
