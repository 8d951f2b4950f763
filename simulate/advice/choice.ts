/** One way to set a fleet: what an operator writes into the config, and nothing else. */
import type { FleetSettings } from '../../lambda/scaler/settings';
import { type FleetPlan, mostWarm } from '../plan';

export interface Choice {
  max: number;
  warm: FleetSettings['warm'];
  hours: FleetSettings['hours'];
  serves: FleetPlan['life']['serves'];
  idleSeconds: number;
  /** Instances that wait stopped. */
  stopped: number;
  /** Of the whole environment. */
  pollSeconds: number;
}

export const toPlan = (plan: FleetPlan, choice: Choice): FleetPlan => ({
  ...plan,
  pollSeconds: choice.pollSeconds,
  settings: { ...plan.settings, max: choice.max, warm: choice.warm, hours: choice.hours },
  group: { ...plan.group, stopped: choice.stopped },
  life: { ...plan.life, serves: choice.serves, idleSeconds: choice.idleSeconds },
});

/** Short, for one line of a table; the config's lines say all. */
export function toName({ max, warm, serves, idleSeconds, stopped, pollSeconds }: Choice): string {
  const most = mostWarm(warm);
  const sum = typeof warm === 'number' ? 24 * warm : warm.byHour.reduce((total, count) => total + count, 0);
  return [
    `max ${max}`,
    most === 0
      ? 'no warm'
      : typeof warm === 'number'
        ? `warm ${warm}`
        : `warm up to ${most} (${sum} idle hours a day)`,
    serves === 'one-job' ? 'one job' : 'many jobs',
    `idle ${idleSeconds} s`,
    ...(stopped > 0 ? [`${stopped} stopped`] : []),
    `poll ${pollSeconds} s`,
  ].join(', ');
}
