/** How many instances fleets had, from the metrics that the scaler publishes once a minute (lambda/scaler/metrics.ts). */
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/scaler/settings';
import type { Series } from './measure-savings';
import { type Period, toSteps } from './period';

/** Of one call, both AWS's: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MOST_METRICS = 500;
const MOST_POINTS = 100_800;

/** In service, and desired: what is on its way is paid for before it is in service. */
const READ = [METRICS.inService, METRICS.desired];

/** @returns by fleet; without the fleets of which nothing is known */
export async function readSeries(
  cloudWatch: CloudWatchClient,
  { environment, fleets, period }: { environment: string; fleets: readonly string[]; period: Period },
): Promise<Map<string, Series>> {
  const byFleet = new Map<string, Map<number, number>>();
  const queries = fleets.flatMap((fleet) => READ.map((metric) => ({ fleet, metric })));
  const size = Math.max(1, Math.min(MOST_METRICS, Math.floor(MOST_POINTS / toSteps(period).length)));
  for (let first = 0; first < queries.length; first += size) {
    const batch = queries.slice(first, first + size);
    let NextToken: string | undefined;
    do {
      const page: GetMetricDataCommandOutput = await cloudWatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: batch.map(({ fleet, metric }, index) =>
            toQuery(`m${index}`, { environment, fleet, metric, seconds: period.step / 1000 }),
          ),
          StartTime: new Date(period.from),
          EndTime: new Date(period.to),
          NextToken,
        }),
      );
      for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
        const fleet = batch[Number(Id.slice(1))]?.fleet;
        if (fleet === undefined || Timestamps.length === 0) continue;
        const series = byFleet.get(fleet) ?? new Map<number, number>();
        byFleet.set(fleet, series);
        for (const [index, time] of Timestamps.entries())
          addPoint(series, period, time.getTime(), Values[index]);
      }
      NextToken = page.NextToken;
    } while (NextToken);
  }
  return byFleet;
}

const toQuery = (
  Id: string,
  {
    environment,
    fleet,
    metric,
    seconds,
  }: { environment: string; fleet: string; metric: string; seconds: number },
): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: METRIC_NAMESPACE,
      MetricName: metric,
      Dimensions: [
        { Name: 'Environment', Value: environment },
        { Name: 'Fleet', Value: fleet },
      ],
    },
    Period: seconds,
    // Two scalers may have published one minute twice: a sum would count it twice.
    Stat: 'Average',
  },
});

/** The larger of both metrics: the instances that draw money, as far as the metrics tell. */
function addPoint(
  series: Map<number, number>,
  { from, to, step }: Period,
  at: number,
  value: number | undefined,
) {
  if (value === undefined || at < from || at >= to) return;
  const start = from + Math.floor((at - from) / step) * step;
  series.set(start, Math.max(value, series.get(start) ?? 0));
}
