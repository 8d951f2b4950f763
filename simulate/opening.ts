/** The scheduled actions of a fleet with hours (stacks/fleet/fleet-hours.ts): they fire late, and nobody answers for that. */
import { toPhase } from '../lambda/scaler/core/hours';
import type { FleetSettings } from '../lambda/scaler/settings';
import type { Scene } from './policies/control';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A day at a time: nobody knows how long the simulation lasts. */
export function scheduleActions(settings: FleetSettings, scene: Scene, until: number): void {
  const { hours } = settings;
  if (!hours || hours.outside === 'on-demand') return;
  const { agenda } = scene;
  const day = (begin: number) => {
    for (let minute = begin; minute < begin + DAY_MS; minute += MINUTE_MS) act(minute);
    if (begin + DAY_MS < until) agenda.at(begin + DAY_MS, () => day(begin + DAY_MS));
  };
  let before = toPhase(hours, agenda.now);
  const act = (minute: number) => {
    const phase = toPhase(hours, minute);
    if (phase === before) return;
    if (before === 'open') setLate(minute, 0, scene);
    // By the hour of the day, the scaler launches the warm capacity when the fleet has opened.
    else if (phase === 'opening')
      setLate(minute, typeof settings.warm === 'number' ? settings.warm : 0, scene);
    before = phase;
  };
  day(agenda.now);
}

function setLate(minute: number, desired: number, { agenda, group, random, world }: Scene): void {
  agenda.at(minute + random.between(...world.scheduleLate) * 1000, () => group.setDesired(desired));
}
