/**
 * The id under which an instance shows up at GitLab: `s_` and 12 base-62 digits of its instance id's number plus
 * 9 · 2^68. Lossless, and told from GitLab's own (`s_` and lower-case hex, `r_…`) by its first digit, which is
 * upper-case. provision/rootfs/usr/lib/muster/ci/gitlab-system-id writes it; a test compares the two.
 */
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const OFFSET = 9n << 68n;
const END = 10n << 68n;

/** The instance behind a system id; undefined when it is none of ours. */
export function toInstanceId(systemId: string): string | undefined {
  const digits = /^s_([0-9a-zA-Z]{12})$/.exec(systemId)?.[1];
  if (digits === undefined) return undefined;
  let number = 0n;
  for (const digit of digits) number = number * 62n + BigInt(DIGITS.indexOf(digit));
  if (number < OFFSET || number >= END) return undefined;
  return `i-${(number - OFFSET).toString(16).padStart(17, '0')}`;
}
