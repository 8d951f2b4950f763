/**
 * Reads the instance id out of a manager's system id, as our instances write it: `s_` and the twelve base-62 digits of
 * the id's number + 9·2^68. They begin with an upper-case letter then, which no system id of GitLab's own does; more than
 * 9 would need thirteen digits for the highest ids, and gitlab-runner takes twelve.
 */
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const OFFSET = 9n * 2n ** 68n;

/** Null: not one of ours. */
export function toInstanceId(systemId: string): string | null {
  const digits = /^s_([0-9A-Za-z]{12})$/.exec(systemId)?.[1];
  if (!digits) return null;
  const value = [...digits].reduce((sum, digit) => sum * 62n + BigInt(DIGITS.indexOf(digit)), 0n);
  const number = value - OFFSET;
  return number >= 0n && number < 2n ** 68n ? `i-${number.toString(16).padStart(17, '0')}` : null;
}

/** What an instance with this id writes. */
export function toSystemId(instanceId: string): string {
  let value = BigInt(`0x${instanceId.replace(/^i-/, '')}`) + OFFSET;
  let digits = '';
  for (; value > 0n; value /= 62n) digits = `${DIGITS[Number(value % 62n)]}${digits}`;
  return `s_${digits}`;
}
