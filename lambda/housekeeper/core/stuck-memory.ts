/** What one look at a fleet hands to the next one, in a tag of its group. Times: milliseconds since 1970. */
export interface StuckMemory {
  /** When the CI's list was last read and believed. */
  readAt?: number | undefined;
  /** Since when the CI does not know an instance's runner, by instance id. */
  since: ReadonlyMap<string, number>;
  /** Instances that were ended: the first and the last of a row, and how many. */
  ended?: { from: number; last: number; count: number } | undefined;
}

export const NOTHING: StuckMemory = { since: new Map() };

/**
 * A tag value holds 256 characters, and an instance takes 27 of them: the longest unknown are kept. So no more than
 * these can be ended in one go, however large the fleet.
 */
export const MOST_REMEMBERED = 8;
const MAX_LENGTH = 256;
const VERSION = 'v1';

/** `v1 r=<readAt> e=<from>.<last>.<count> i=<hex digits of the id>.<since> …`: seconds, in base 36. */
export function toTag({ readAt, since, ended }: StuckMemory): string {
  return [
    VERSION,
    ...(readAt === undefined ? [] : [`r=${floor(readAt)}`]),
    ...(ended ? [`e=${ceil(ended.from)}.${ceil(ended.last)}.${write(ended.count)}`] : []),
    ...[...since].slice(0, MOST_REMEMBERED).map(([id, at]) => `i=${id.replace(/^i-/, '')}.${floor(at)}`),
  ].join(' ');
}

const PART =
  /^(?:r=(?<readAt>[0-9a-z]{1,8})|e=(?<from>[0-9a-z]{1,8})\.(?<last>[0-9a-z]{1,8})\.(?<count>[0-9a-z]{1,4})|i=(?<id>[0-9a-f]{8,17})\.(?<at>[0-9a-z]{1,8}))$/;

/** What it does not understand, another version's or a person's, is nothing remembered: every instance starts anew. */
export function fromTag(text: string | undefined): StuckMemory {
  const [version, ...parts] = (text ?? '').slice(0, MAX_LENGTH + 1).split(' ');
  if (version !== VERSION || (text ?? '').length > MAX_LENGTH) return NOTHING;
  const since = new Map<string, number>();
  const memory: StuckMemory = { since };
  for (const part of parts) {
    const { readAt, from, last, count, id, at } = PART.exec(part)?.groups ?? {};
    if (readAt) memory.readAt = read(readAt);
    else if (from && last && count)
      memory.ended = { from: read(from), last: read(last), count: Number.parseInt(count, 36) };
    else if (id && at) since.set(`i-${id}`, read(at));
    else return NOTHING;
  }
  return memory;
}

const write = (seconds: number) => seconds.toString(36);
// An instance is due at the look at which its time is over, not one later for a part of a second.
const floor = (ms: number) => write(Math.floor(ms / 1000));
// No hour sees more ends for a part of a second.
const ceil = (ms: number) => write(Math.ceil(ms / 1000));
const read = (text: string) => Number.parseInt(text, 36) * 1000;
