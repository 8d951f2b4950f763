/** What an instance writes, for tests that need many; the real script is compared in system-id.test.ts. */
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

export function toSystemId(instanceId: string): string {
  let number = BigInt(`0x9${instanceId.slice(2)}`);
  let digits = '';
  for (; number > 0n; number /= 62n) digits = `${DIGITS[Number(number % 62n)]}${digits}`;
  return `s_${digits}`;
}
