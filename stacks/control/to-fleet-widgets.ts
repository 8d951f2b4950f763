/** What the dashboard shows of one fleet: words and links, queue and instances, and what was saved. */

import { groupName, scalerName } from '../../config/names';
import { toFleetPrice } from '../../config/prices';
import type { Config, FleetConfig } from '../../config/schema';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/scaler/settings';
import { buildConsoleLinks } from './console-links';
import type { Widget } from './widget';

/** Widgets of each fleet, side by side below its text. */
export const WIDGETS_OF_FLEET = 3;
export const HEIGHT_OF_FLEET = 9;
const TEXT_HEIGHT = 2;
const GRAPH_WIDTH = 15;

export function toFleetWidgets(config: Config, fleet: FleetConfig, y: number): Widget[] {
  const below = { y: y + TEXT_HEIGHT, height: HEIGHT_OF_FLEET - TEXT_HEIGHT };
  return [
    {
      type: 'text',
      ...{ x: 0, y, width: 24, height: TEXT_HEIGHT },
      properties: { markdown: toText(config, fleet) },
    },
    {
      type: 'metric',
      ...{ x: 0, width: GRAPH_WIDTH, ...below },
      properties: toGraph(config, fleet),
    },
    {
      type: 'metric',
      ...{ x: GRAPH_WIDTH, width: 24 - GRAPH_WIDTH, ...below },
      properties: toNumbers(config, fleet),
    },
  ];
}

function toText({ environment, aws }: Config, fleet: FleetConfig): string {
  const { name, max, instanceTypes, spotPercent, hours } = fleet;
  const links = buildConsoleLinks(aws);
  const group = groupName(environment, name);
  const outside = hours?.outside === 'closed' ? 'closed' : 'without waiting instances';
  return [
    `## ${name}`,
    [
      `At most ${max} × ${instanceTypes[0]}${instanceTypes.length > 1 ? ' (or alike)' : ''}`,
      ...(spotPercent > 0 ? [`${spotPercent} % spot`] : []),
      hours ? `${outside} outside its hours (${hours.timeZone})` : 'always open',
      `[why: what the scaler decides](${links.log(`/aws/lambda/${scalerName(environment)}`, 'fleet', name)})`,
      `[launches and failures](${links.group(group)})`,
      `alarms: [cannot grow](${links.alarm(`${group}-blocked`)}), [cannot be read](${links.alarm(`${group}-unknown`)})`,
    ].join(' · '),
  ].join('\n');
}

/** One of a fleet's metrics, as a graph names it. */
const toMetric = (
  { environment }: Config,
  { name }: FleetConfig,
  metric: string,
  options: Record<string, unknown>,
) => [METRIC_NAMESPACE, metric, 'Environment', environment, 'Fleet', name, options];

function toGraph(config: Config, fleet: FleetConfig) {
  const line = (metric: string, label: string, color: string, options = {}) =>
    toMetric(config, fleet, metric, { label, color, ...options });
  return {
    title: `${fleet.name}: jobs and instances`,
    region: config.aws.region,
    view: 'timeSeries',
    stacked: false,
    stat: 'Average',
    period: 60,
    metrics: [
      // The peak: over a week a graph has a value an hour, and an average would hide a queue of minutes.
      line(METRICS.queued, 'jobs that wait (peak)', '#d62728', { stat: 'Maximum' }),
      line(METRICS.running, 'jobs that run', '#1f77b4'),
      line(METRICS.inService, 'instances in service', '#2ca02c'),
      line(METRICS.desired, 'instances wanted', '#7f7f7f'),
    ],
    annotations: { horizontal: [{ label: 'max', value: fleet.max, color: '#7f7f7f' }] },
    yAxis: { left: { min: 0, label: 'jobs, instances', showUnits: false } },
  };
}

/**
 * Sums over the time range that the reader chose. Only values that are there are counted: arithmetic of metrics takes a
 * missing one for a zero, which would be an hour saved. Hours and scaling are not told apart, for CloudWatch knows no time
 * zones: `make status` does that.
 */
function toNumbers(config: Config, fleet: FleetConfig) {
  const price = toFleetPrice(config, fleet);
  // What is on its way is paid for, too. The id of a metric starts with a small letter.
  const used = 'SUM(MAX([inservice, desired]))';
  const always = `DATAPOINT_COUNT(inservice) * ${fleet.max}`;
  const toHours = (instances: string) => `TIME_SERIES((${instances}) * PERIOD(inservice) / 3600)`;
  const spot = price && ((price.onDemand - price.spot) * fleet.spotPercent) / 100;
  const show = (id: string, label: string, expression: string) => [{ id, label, expression }];
  return {
    title: `${fleet.name}: saved in the time range above`,
    region: config.aws.region,
    view: 'singleValue',
    // One period as long as the range would take gaps for data.
    setPeriodToTimeRange: false,
    stat: 'Average',
    period: 300,
    metrics: [
      toMetric(config, fleet, METRICS.inService, { id: 'inservice', visible: false }),
      toMetric(config, fleet, METRICS.desired, { id: 'desired', visible: false }),
      show('used', 'instance-hours used', toHours(used)),
      show('always', `had ${fleet.max} always run`, toHours(always)),
      show('saved', 'instance-hours saved', toHours(`${always} - ${used}`)),
      ...(price
        ? [
            show(
              'dollars',
              'dollars saved',
              `saved * ${toConstant(price.onDemand)}${spot ? ` + used * ${toConstant(spot)}` : ''}`,
            ),
          ]
        : []),
    ],
  };
}

const toConstant = (dollars: number) => String(Number(dollars.toPrecision(6)));
