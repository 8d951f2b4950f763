/** What the dashboard of an environment shows: for somebody who has never seen this project. */

import { clusterName } from '../../config/names';
import { PRICES_AS_OF, SPOT_SHARE, toFleetPrice } from '../../config/prices';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import { buildConsoleLinks } from './console-links';
import { toAlarms } from './to-alarms';
import { HEIGHT_OF_FLEET, toFleetWidgets, WIDGETS_OF_FLEET } from './to-fleet-widgets';
import type { Widget } from './widget';

export interface DashboardBody {
  /** What is seen at first; the reader may choose another time. */
  start: string;
  /** auto: CloudWatch chooses periods that fit the time. */
  periodOverride: 'auto';
  widgets: Widget[];
}

/**
 * Of AWS, for one dashboard ("CloudWatch service quotas", "Dashboard body structure"). It takes 2,500 metrics, too: six a
 * fleet are less.
 */
const MOST_WIDGETS = 500;
const MOST_ALARMS = 100;
/** Text, alarms, GitHub's runners. */
const WIDGETS_OF_ALL = 3;
export const MOST_FLEETS = Math.floor((MOST_WIDGETS - WIDGETS_OF_ALL) / WIDGETS_OF_FLEET);

const ALARMS_IN_A_ROW = 4;

export function toDashboard(config: Config): DashboardBody {
  const widgets: Widget[] = [];
  let y = 0;
  const add = (type: Widget['type'], height: number, properties: Widget['properties']) => {
    widgets.push({ type, x: 0, y, width: 24, height, properties });
    y += height;
  };
  const fleets = config.fleets.slice(0, MOST_FLEETS);
  add('text', fleets.length > 0 ? 10 : 4, { markdown: toText(config) });
  const alarms = toAlarms(config).slice(0, MOST_ALARMS);
  add('alarm', 2 + Math.ceil(alarms.length / ALARMS_IN_A_ROW), {
    title: 'Alarms: all should be OK',
    alarms: alarms.map(({ name }) => buildArns(config.aws).named('cloudwatch', `alarm:${name}`)),
  });
  if (config.githubEcs) add('text', 2, { markdown: toGithubText(config) });
  for (const fleet of fleets) {
    widgets.push(...toFleetWidgets(config, fleet, y));
    y += HEIGHT_OF_FLEET;
  }
  return { start: '-P7D', periodOverride: 'auto', widgets };
}

function toText(config: Config): string {
  const { environment, fleets } = config;
  const own = `Made by \`make deploy ENV=${environment}\`, which undoes what is changed here; \`dashboard: false\` in config/${environment}.yaml removes it.`;
  const title = `# Muster: CI runners of \`${environment}\``;
  if (fleets.length === 0) return [title, own].join('\n\n');
  return [
    title,
    [
      'Each *fleet* runs the jobs of one queue of a CI on EC2 instances, which come when jobs wait and leave when they are done.',
      ...(fleets.length > MOST_FLEETS
        ? [`**Only the first ${MOST_FLEETS} of ${fleets.length} fleets are here: AWS allows no more.**`]
        : []),
    ].join(' '),
    [
      '**Is it well?**',
      '- *Jobs that wait* (red) fall to zero within minutes, unless the fleet is at its *max* or closed.',
      '- If they do not, look at the alarms, then at the link *why*: it shows each decision with its `reason`, and docs/reasons.md says what to do about it.',
      '- No line at all is unknown, and not zero: the scaler was silent, or AWS or the CI did not answer.',
    ].join('\n'),
    [
      '**What did it save?** The numbers beside each graph, for the time range chosen above.',
      '- An *instance-hour* is one instance for one hour. *Used* are those of instances in service or on their way; *saved* is what as many as `max` would have used besides, had they always run. Time without data is in neither.',
      `- ${toPrices(config)}`,
      `- \`make status ENV=${environment}\` tells savings by hours, by scaling and by spot apart, and compares with the fleet's own peak, which is fairer than \`max\`.`,
    ].join('\n'),
    own,
  ].join('\n\n');
}

function toPrices(config: Config): string {
  const types = [...new Set(config.fleets.map(({ instanceTypes }) => instanceTypes[0] ?? ''))];
  const priced = types.flatMap((type) => {
    const price = toFleetPrice(config, { instanceTypes: [type] });
    return price ? [`${type} $${Number(price.onDemand.toPrecision(6))}`] : [];
  });
  if (priced.length === 0)
    return 'There are no dollars, for no price of these instances is known: say them in the config (`prices`).';
  return [
    `*Dollars* are those of on-demand instances, an hour: ${priced.join(', ')}; list prices of us-east-1, ${PRICES_AS_OF}, where the config has no \`prices\`.`,
    ...(config.fleets.some(({ spotPercent }) => spotPercent > 0)
      ? [`Spot is taken for ${SPOT_SHARE * 100} % of that.`]
      : []),
  ].join(' ');
}

function toGithubText({ aws, environment }: Config): string {
  return [
    '## Runners of GitHub',
    `Workflows start them themselves, one task for each job, so nothing scales here: [the tasks](${buildConsoleLinks(aws).cluster(clusterName(environment))}); \`make status ENV=${environment}\` counts them.`,
  ].join('\n');
}
