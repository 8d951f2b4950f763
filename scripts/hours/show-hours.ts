/** What `make hours` prints of one fleet. */
import { toWallClock } from '../../lambda/scaler/core/wall-clock';
import type { FleetSettings, Hours, Warm } from '../../lambda/scaler/settings';
import type { HoursEvent, HoursPlan } from './plan-hours';

export function showHours(
  { name, hours, warm }: Pick<FleetSettings, 'name' | 'warm'> & { hours: Hours },
  plan: HoursPlan,
): string {
  const { timeZone, outside } = hours;
  const share = Math.round((plan.closed / (plan.open + plan.closed)) * 1000) / 10;
  return [
    `${name}: ${PHASES[plan.phase]}. Times are of ${timeZone}; outside hours: ${outside === 'closed' ? 'closed, jobs wait' : 'on-demand, jobs still run'}`,
    ...plan.events.map((event) => `  ${showTime(event.at, timeZone)}  ${showEvent(event)}`),
    ...(plan.events.some(({ kind }) => kind === 'opens' || kind === 'closes')
      ? []
      : ['  neither opens nor closes in the next 30 days']),
    `  an ordinary week: open ${toHours(plan.open)} h, closed ${toHours(plan.closed)} h, which is ${share} % ${outside === 'closed' ? 'without an instance' : 'without waiting instances'}`,
    `  the next 7 days: open ${toHours(plan.comingOpen)} h`,
    `  warm: ${showWarm(warm)}`,
    ...(plan.comingWarmAlways > 0
      ? [
          `  waiting in the next 7 days: ${round(plan.comingWarm)} instance hours instead of ${round(plan.comingWarmAlways)} without hours`,
        ]
      : []),
  ].join('\n');
}

const PHASES: Record<HoursPlan['phase'], string> = {
  open: 'open now',
  opening: 'opens within five minutes',
  closed: 'closed now',
  'on-demand': 'outside its hours now',
};

function showEvent(event: HoursEvent): string {
  switch (event.kind) {
    case 'opens':
      return event.staying === 0 ? 'opens' : `opens, with ${event.staying} warm`;
    case 'closes':
      return 'closes';
    case 'holiday':
      return 'holiday: does not open';
    case 'clocks':
      return `the clocks ${event.jump > 0 ? 'have gone forward' : 'have gone back'} by ${Math.abs(event.jump) / 60_000} min`;
  }
}

function showWarm(warm: Warm): string {
  if (typeof warm === 'number') return warm === 0 ? 'none' : `${warm} while open`;
  const changes = warm.byHour.flatMap((count, hour) =>
    hour === 0 || count !== warm.byHour[hour - 1] ? [{ hour, count }] : [],
  );
  const pad = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
  const ranges = changes.map(
    ({ hour, count }, index) => `${pad(hour)}-${pad(changes[index + 1]?.hour ?? 24)} ${count}`,
  );
  return `${ranges.join(', ')} (${warm.timeZone}) while open`;
}

/** Mon 2026-10-26 07:00 UTC+01:00. */
function showTime(at: number, timeZone: string): string {
  const { date, weekday, time } = toWallClock(timeZone, at);
  const ahead = (Date.parse(`${date}T${time}:00Z`) - at) / 60_000;
  const pad = (value: number) => String(value).padStart(2, '0');
  const offset = `${ahead < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(ahead) / 60))}:${pad(Math.abs(ahead) % 60)}`;
  return `${weekday.charAt(0).toUpperCase()}${weekday.slice(1)} ${date} ${time} UTC${offset}`;
}

const round = (value: number) => Math.round(value * 10) / 10;
const toHours = (minutes: number) => round(minutes / 60);
