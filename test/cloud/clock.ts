/** Where the clock of the local AWS is moved to. */
import { toWallClock } from '../../lambda/scaler/core/wall-clock';
import type { World } from './world';

/** Of the fleets that have hours here. */
const ZONE = 'Europe/Berlin';
const MINUTE_MS = 60_000;

/** The next time that clocks there show it, such as mon 05:00. */
export function findNext(weekday: string, time: string, now: number): number {
  for (let at = now - (now % MINUTE_MS) + MINUTE_MS; ; at += MINUTE_MS) {
    const wall = toWallClock(ZONE, at);
    if (wall.weekday === weekday && wall.time === time) return at;
  }
}

export async function advanceTo(
  world: Pick<World, 'advance'>,
  weekday: string,
  time: string,
  earlierSeconds = 0,
): Promise<void> {
  const now = await world.advance(0);
  await world.advance((findNext(weekday, time, now) - now) / 1000 - earlierSeconds);
}
