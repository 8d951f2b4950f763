import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../../lambda/scaler/ports';

/** For tests that talk to a real server. */
export const realClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => setTimeout(ms, undefined, signal ? { signal } : {}).catch(() => {}),
};
