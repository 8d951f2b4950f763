/** Time for the readers of histories: it goes on only while somebody waits. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../clock/clock';
import { collect } from '../../../scripts/history/collect';
import type { Journal } from '../../../scripts/history/journal';
import type { PastJob, Window } from '../../../scripts/history/past-job';
import type { Ports, Reading } from '../../../scripts/history/reading';

/** A Monday at noon, when the histories of the tests end. */
export const NOW = Date.UTC(2026, 10, 16, 12);
const DAY_MS = 86_400_000;
export const WINDOW: Window = { since: NOW - 7 * DAY_MS, until: NOW };
export const HOUR = 3_600;

/** ISO 8601, so many seconds before the end. */
export const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();
export const at = (seconds: number): number => NOW - seconds * 1000;

export interface World extends Ports {
  clock: Clock;
  said: string[];
  missed: string[];
  /** Seconds that were waited in all. */
  waited(): number;
}

/** @param began what the clock shows at first */
export function makeWorld(began = NOW): World {
  let now = began;
  const said: string[] = [];
  const missed: string[] = [];
  return {
    clock: {
      now: () => now,
      sleep: async (milliseconds, signal) => {
        if (signal?.aborted) return;
        const until = now + milliseconds;
        await setImmediate();
        now = Math.max(now, until);
      },
    },
    window: WINDOW,
    said,
    missed,
    say: (line) => said.push(line),
    miss: (what) => missed.push(what),
    waited: () => (now - began) / 1000,
  };
}

const NOTHING_KEPT: Journal = { window: WINDOW, kept: 0, find: () => undefined, add() {}, remove() {} };

/** In the order of submission. */
export async function readAll(reading: Reading): Promise<PastJob[]> {
  const jobs = await collect(reading.pieces, NOTHING_KEPT, () => {});
  return jobs.sort((one, other) => one.submitted - other.submitted);
}

export const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error: Error) => error,
  );
