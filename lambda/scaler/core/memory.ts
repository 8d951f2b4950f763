import type { Sight } from './sight';

/** Launches fail: not before `until` is another one tried; endings before `since` are known already. */
export interface LaunchMemory {
  tries: number;
  until: number;
  since: number;
}

/** Instances leave unused: `credit` of them may be launched, and one more from `until` on. */
export interface ClaimMemory {
  tries: number;
  until: number;
  credit: number;
}

/** Spot launches fail for lack of capacity since `since`; before `until`, when it is not 0, on-demand instances are bought. */
export interface SpotMemory {
  since: number;
  until: number;
}

/** What a decision hands to the next one. */
export interface Memory {
  /** These three survive a cold start: a tag of the group holds them. */
  launch?: LaunchMemory | undefined;
  claim?: ClaimMemory | undefined;
  spot?: SpotMemory | undefined;
  /** The last poll. Of this process only: to lose it delays what takes two polls by one. */
  sight?: Sight | undefined;
}

const VERSION = 'v1';
/** A tag value holds 256 characters; what is longer was not written by us. */
const MAX_LENGTH = 256;

/** `v1 l=<tries>.<until>.<since> c=<tries>.<until>.<credit> s=<since>.<until>`: times in seconds, all numbers in base 36. */
export function toTag({ launch, claim, spot }: Memory): string {
  const parts = [VERSION];
  if (launch) parts.push(`l=${write([launch.tries, seconds(launch.until), seconds(launch.since)])}`);
  if (claim) parts.push(`c=${write([claim.tries, seconds(claim.until), claim.credit])}`);
  if (spot) parts.push(`s=${write([seconds(spot.since), seconds(spot.until)])}`);
  return parts.join(' ');
}

/** What it does not understand, another version's or a person's, is nothing remembered. */
export function fromTag(text: string | undefined): Memory {
  const [version, ...parts] = (text ?? '').slice(0, MAX_LENGTH + 1).split(' ');
  if (version !== VERSION || (text ?? '').length > MAX_LENGTH) return {};
  const memory: Memory = {};
  for (const part of parts) {
    const [first, second, third] = read(part.slice(2)) ?? [];
    if (first === undefined || second === undefined) return {};
    const until = second * 1000;
    if (part.startsWith('s=') && third === undefined) memory.spot = { since: first * 1000, until };
    else if (third === undefined) return {};
    else if (part.startsWith('l=')) memory.launch = { tries: first, until, since: third * 1000 };
    else if (part.startsWith('c=')) memory.claim = { tries: first, until, credit: third };
    else return {};
  }
  return memory;
}

const seconds = (ms: number) => Math.ceil(ms / 1000);
const write = (numbers: number[]) => numbers.map((number) => number.toString(36)).join('.');

function read(text: string): number[] | undefined {
  if (!/^[0-9a-z]{1,8}(\.[0-9a-z]{1,8}){1,2}$/.test(text)) return undefined;
  return text.split('.').map((digits) => Number.parseInt(digits, 36));
}
