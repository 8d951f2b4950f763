/** A choice as the lines of the config that say it. */
import type { FleetSettings, Hours } from '../../lambda/scaler/settings';
import type { FleetPlan } from '../plan';
import type { Choice } from './choice';

export interface Written {
  /** Of the fleet; a warm pool takes the first alone. */
  instanceTypes: readonly string[];
  plan: FleetPlan;
  choice: Choice;
}

const time = (hour: number) => `"${String(hour).padStart(2, '0')}:00"`;

/** Fields that another one is to take the place of, and what stays as it is where it has to be said. */
export function toYaml({ instanceTypes, plan, choice }: Written): string[] {
  const { max, warm, hours, serves, idleSeconds, stopped, pollSeconds } = choice;
  const [first] = instanceTypes;
  const fleet = [
    `name: ${plan.settings.name}`,
    `max: ${max}`,
    `serves: ${serves}`,
    `idleSeconds: ${idleSeconds}`,
    ...toWarmLines(warm),
    ...(stopped > 0 ? [`warmPool: { stopped: ${stopped} }`] : []),
    ...(stopped === 0 && plan.group.stopped > 0 ? ['# without warmPool'] : []),
    ...(stopped > 0 && instanceTypes.length > 1
      ? [`instanceTypes: [${first}] # a warm pool takes one type`]
      : []),
    ...(hours && hours !== plan.settings.hours ? toHourLines(hours) : []),
  ];
  return [
    ...(pollSeconds === plan.pollSeconds ? [] : ['scaler:', `  pollSeconds: ${pollSeconds}`]),
    'fleets:',
    ...fleet.map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`),
  ];
}

/** Hours of the same number together. */
function toWarmLines(warm: FleetSettings['warm']): string[] {
  if (typeof warm === 'number') return [`warm: ${warm}`];
  const { timeZone, byHour } = warm;
  const starts = byHour.flatMap((count, hour) => (count === byHour[hour - 1] ? [] : [hour]));
  const ranges = starts.map((from, index) => ({
    from,
    to: starts[index + 1] ?? byHour.length,
    count: byHour[from] ?? 0,
  }));
  return [
    'warm:',
    `  timeZone: ${timeZone}`,
    '  hours:',
    ...ranges
      .filter(({ count }) => count > 0)
      .map(({ from, to, count }) => `    - { from: ${time(from)}, to: ${time(to)}, count: ${count} }`),
  ];
}

const toHourLines = ({ timeZone, week, outside }: Hours): string[] => [
  'hours:',
  `  timeZone: ${timeZone}`,
  '  week:',
  ...Object.entries(week).map(([day, times]) => {
    const open = (times ?? []).map(({ open, close }) => `{ open: "${open}", close: "${close}" }`);
    return `    ${day}: [${open.join(', ')}]`;
  }),
  `  outside: ${outside}`,
];
