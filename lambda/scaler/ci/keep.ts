import type { Clock } from '../../../clock/clock';
import type { Problem } from '../core/reasons';
import type { Unknown } from '../core/types';

/** Problems that pass: what was known before them is still the best guess. */
const PASSING: ReadonlySet<Problem> = new Set(['timeout', 'network', 'server-error', 'rate-limited']);
/** An unknown answer is asked for again in the next poll, not by every fleet in this one. */
const KEEP_PROBLEM_MS = 5_000;

interface Entry<T> {
  at: number;
  answer: Promise<T | Unknown>;
  /** The last good answer, and when it came. */
  good?: { at: number; value: T } | undefined;
}

/**
 * Keeps answers that change seldom for `freshMs`, one request however many ask; while the CI fails for a moment, the
 * last good one for `staleMs`. `read` never throws.
 */
export function keep<T extends { kind: string }>(
  { now }: Pick<Clock, 'now'>,
  { freshMs, staleMs }: { freshMs: number; staleMs: number },
): (key: string, read: () => Promise<T | Unknown>) => Promise<T | Unknown> {
  const entries = new Map<string, Entry<T>>();

  return async (key, read) => {
    const last = entries.get(key);
    if (last) {
      const answer = await last.answer;
      const isUnknown = answer.kind === 'unknown';
      if (now() - last.at < (isUnknown ? KEEP_PROBLEM_MS : freshMs)) return settle(last, answer);
      // Another fleet may have asked while this one awaited.
      const newer = entries.get(key);
      if (newer && newer !== last) return settle(newer, await newer.answer);
    }
    const entry: Entry<T> = { at: now(), answer: read(), good: last?.good };
    entries.set(key, entry);
    const answer = await entry.answer;
    if (answer.kind !== 'unknown') entry.good = { at: entry.at, value: answer as T };
    return settle(entry, answer);
  };

  function settle({ good }: Entry<T>, answer: T | Unknown): T | Unknown {
    if (answer.kind !== 'unknown' || !good) return answer;
    const isPassing = PASSING.has((answer as Unknown).problem) && now() - good.at < staleMs;
    return isPassing ? good.value : answer;
  }
}
