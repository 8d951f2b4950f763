import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { toFleetPrice } from '../../config/prices';
import type { Config } from '../../config/schema';
import { toSettings } from '../../stacks/control/to-settings';
import { ExpectedError } from '../expected-error';
import { measureSavings, type Savings } from './measure-savings';
import { findClosed, MOST_DAYS, type Period } from './period';
import { readSeries } from './read-series';

export interface FleetSavings {
  name: string;
  /** Undefined: no metrics. */
  savings: Savings | undefined;
}

/** @throws ExpectedError when the metrics may not be read */
export async function readSavings(
  cloudWatch: CloudWatchClient,
  config: Config,
  { names, period }: { names: readonly string[]; period: Period },
): Promise<FleetSavings[]> {
  const { environment } = config;
  const series = await readSeries(cloudWatch, { environment, fleets: names, period }).catch(refuse);
  const closed = new Map<string, ReadonlySet<number>>();
  return toSettings(config)
    .fleets.filter(({ name }) => names.includes(name))
    .map(({ name, max, hours, spot }): FleetSavings => {
      const counts = series.get(name);
      const fleet = config.fleets.find((one) => one.name === name);
      if (!counts || !fleet) return { name, savings: undefined };
      // Fleets often share their hours, and a calendar is slow.
      const key = JSON.stringify(hours ?? null);
      const isClosed = closed.get(key) ?? findClosed(hours, period);
      closed.set(key, isClosed);
      return {
        name,
        savings: measureSavings(
          counts,
          { max, closed: isClosed, spotPercent: spot?.percent ?? 0, price: toFleetPrice(config, fleet) },
          period,
        ),
      };
    });
}

/** Days to look back. 0: not at all. */
export function readDays({ SAVINGS_DAYS: text }: NodeJS.ProcessEnv): number {
  if (!text) return 7;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 0 && days <= MOST_DAYS) return days;
  throw new ExpectedError(
    `SAVINGS_DAYS=${text}: use a whole number from 0 (no savings) to ${MOST_DAYS}, for CloudWatch keeps no finer values for longer.`,
  );
}

function refuse(error: unknown): never {
  const { name = '', message = '' } = error as Partial<Error>;
  if (!/^AccessDenied/.test(name)) throw error;
  throw new ExpectedError(
    `You may not read the metrics of the fleets: allow the action cloudwatch:GetMetricData (AWS knows no finer resource than *), or leave the savings out with SAVINGS_DAYS=0. AWS says: ${message}`,
    { cause: error },
  );
}
