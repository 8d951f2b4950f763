/** Stretches of time in which something is not there: one a day, each at a moment of chance. */
import type { Random } from './random';

const DAY_MS = 86_400_000;

export class Windows {
  private readonly windows: { from: number; until: number }[] = [];

  constructor({ begin, days }: { begin: number; days: number }, minutes: number, random: Random) {
    const length = minutes * 60_000;
    if (length === 0) return;
    for (let day = 0; day < days; day += 1) {
      const from = begin + day * DAY_MS + random.between(0, Math.max(0, DAY_MS - length));
      this.windows.push({ from, until: from + length });
    }
  }

  /** When the one that lasts is over; undefined outside of them. Asked in the order of time. */
  until(now: number): number | undefined {
    while (this.windows[0] && this.windows[0].until <= now) this.windows.shift();
    const [window] = this.windows;
    return window && window.from <= now ? window.until : undefined;
  }
}
