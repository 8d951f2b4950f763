import { type Clock, realClock } from '../../clock/clock';

const STEP_MS = 10;

/**
 * The real clock, but a sleep counts only the time in which this process had its turns: what a busy or halted machine
 * takes away is one step of many. So a deadline of a second ends no work that an idle machine does in far less.
 */
export const steadyClock: Clock = {
  now: realClock.now,
  sleep: async (milliseconds, signal) => {
    for (let left = milliseconds; left > 0 && !signal?.aborted; left -= STEP_MS)
      await realClock.sleep(Math.min(left, STEP_MS), signal);
  },
};
