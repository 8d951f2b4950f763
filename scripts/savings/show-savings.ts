/** What `make status` prints of savings: pure. */
import { PRICES_AS_OF, SPOT_SHARE, toFleetPrice } from '../../config/prices';
import type { Config } from '../../config/schema';
import { toColumns } from '../to-columns';
import type { Compared, Savings } from './measure-savings';
import type { Period } from './period';
import type { FleetSavings } from './read-savings';

const HOUR = 3600_000;

const HEAD = ['FLEET', 'USED', 'ALWAYS ON', 'SAVED', 'BY HOURS', 'BY SCALING', 'BY SPOT', 'AGAINST ITS PEAK'];

/** @returns nothing when no fleet has metrics yet */
export function showSavings(fleets: readonly FleetSavings[], config: Config, period: Period): string[] {
  if (fleets.every(({ savings }) => !savings)) return [];
  return [
    `Saved in the last ${(period.to - period.from) / (24 * HOUR)} days, in instance-hours and dollars:`,
    ...toColumns(
      HEAD,
      fleets.map(({ name, savings }) => (savings ? toRow(name, savings) : [name, 'no metrics'])),
    ),
    ...fleets.flatMap(({ name, savings }) => toGaps(name, savings)),
    '  Always on: `max` at all times. Peak: as many as there ever were at once, at all times. By hours: while closed;',
    '  by scaling: while open with fewer. Used: in service or on their way; not what drains, is held or waits stopped.',
    ...toPrices(fleets, config),
  ];
}

function toRow(name: string, { used, spent, known, ofMax, ofPeak }: Savings): string[] {
  const { dollars } = ofMax;
  return [
    name,
    toCell(used, spent),
    `${ofMax.instances} × ${toHours(known)}, ${dollars ? toDollars(dollars.total) : '?'}`,
    toSaved(ofMax),
    toCell(ofMax.closed, dollars?.closed),
    toCell(ofMax.fewer, dollars?.fewer),
    dollars ? toDollars(dollars.spot) : '?',
    `${ofPeak.instances} at once: ${toSaved(ofPeak)}`,
  ];
}

/** As a share of the dollars, and of the hours where there is no price. */
function toSaved({ hours, closed, fewer, dollars }: Compared): string {
  const saved = dollars ? dollars.closed + dollars.fewer + dollars.spot : closed + fewer;
  const of = dollars ? dollars.total : hours;
  const share = of > 0 ? ` (${Math.floor((saved / of) * 100)} %)` : '';
  return `${dollars ? toDollars(saved) : toHours(saved)}${share}`;
}

/** Unknown is not zero: neither is it saved. */
function toGaps(name: string, savings: Savings | undefined): string[] {
  const [first, ...others] = savings?.gaps ?? [];
  if (!savings || !first) return [];
  const longest = others.reduce((most, gap) => (gap.to - gap.from > most.to - most.from ? gap : most), first);
  const since = `${toHours((longest.to - longest.from) / HOUR)} from ${new Date(longest.from).toISOString().slice(0, 16)}Z`;
  const where = others.length === 0 ? since : `in ${others.length + 1} gaps, the longest ${since}`;
  return [
    `  ${name}: ${toHours(savings.unknown)} of ${toHours(savings.known + savings.unknown)} have no metrics and are not counted (${where})`,
  ];
}

function toPrices(shown: readonly FleetSavings[], config: Config): string[] {
  const fleets = config.fleets.filter(({ name }) => shown.some((one) => one.name === name && one.savings));
  const types = new Map(
    fleets.map((fleet) => [fleet.instanceTypes[0] ?? '', toFleetPrice(config, fleet)?.onDemand]),
  );
  const isOwn = (type: string) => config.prices[type] !== undefined;
  const priced = [...types].flatMap(([type, price]) =>
    price === undefined ? [] : [`${type} $${price}${isOwn(type) ? ' (yours)' : ''}`],
  );
  const missing = [...types].flatMap(([type, price]) => (price === undefined ? [type] : []));
  const yours = `\`prices\` in config/${config.environment}.yaml`;
  const isSpot = fleets.some(({ spotPercent }) => spotPercent > 0);
  return [
    ...(priced.length > 0
      ? [
          `  Dollars: an hour on demand, Linux, us-east-1, ${PRICES_AS_OF} (${priced.join(', ')}); what you pay belongs in ${yours}.`,
        ]
      : []),
    ...(priced.length > 0 && isSpot
      ? [
          `  Spot: ${SPOT_SHARE * 100} % of that, for \`spotPercent\` of the hours used; the metrics do not tell which were bought on demand instead.`,
        ]
      : []),
    ...missing.map(
      (type) => `  The price of ${type} is not known here: say it in ${yours} ({ ${type}: 0.12 }).`,
    ),
  ];
}

const toCell = (hours: number, dollars: number | undefined): string =>
  dollars === undefined ? toHours(hours) : `${toHours(hours)}, ${toDollars(dollars)}`;
const toHours = (hours: number): string => `${Math.round(hours * 10) / 10} h`;
const toDollars = (dollars: number): string => `$${dollars.toFixed(2)}`;
