import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../clock/clock';

export interface VirtualTime extends Clock {
  /** Lets time pass, from one sleeper to the next, until `work` is done. */
  run<T>(work: Promise<T>): Promise<T>;
}

/** A clock that stands still until everybody sleeps, and then jumps to the first who wakes. */
export function virtualTime(start: number): VirtualTime {
  let time = start;
  let sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { at: time + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          resolve();
        });
      }),
    async run(work) {
      let done = false;
      const end = work.finally(() => {
        done = true;
      });
      end.catch(() => {});
      for (;;) {
        // All that can go on without time passing goes on first.
        await setImmediate();
        if (done) return end;
        const next = sleepers.reduce<number>((first, { at }) => Math.min(first, at), Infinity);
        if (next === Infinity) throw new Error('everybody waits, but nobody for the time');
        time = Math.max(time, next);
        const awake = sleepers.filter(({ at }) => at <= time);
        sleepers = sleepers.filter(({ at }) => at > time);
        for (const { wake } of awake) wake();
      }
    },
  };
}
