/** Which alarms an environment has. Those of the scaler look at minutes, because it runs once a minute. */
import { toGroups } from '../../config/groups';
import { groupName, housekeeperName, scalerName } from '../../config/names';
import type { Config } from '../../config/schema';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/scaler/settings';
import { toDrainAlarms } from '../drain/to-drain-alarms';
import { toNightlyAlarms } from '../nightly/to-nightly-alarms';
import { type Alarm, ONCE } from './alarm';

/** One bad minute is an API's hiccup, which the next minute mends; three in five are a fault. */
const FAULTY: Alarm['when'] = {
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  periodSeconds: 60,
  periods: 3,
  ofPeriods: 5,
  missing: 'notBreaching',
};

const SILENT: Alarm['when'] = {
  comparison: 'LessThanThreshold',
  threshold: 1,
  periodSeconds: 60,
  periods: 5,
  ofPeriods: 5,
  missing: 'breaching',
};

export function toAlarms(config: Config): Alarm[] {
  const { environment, fleets } = config;
  const name = scalerName(environment);
  const housekeeper = housekeeperName(environment);
  const ofLambda = (FunctionName: string, metric: string): Alarm['metric'] => ({
    namespace: 'AWS/Lambda',
    name: metric,
    dimensions: { FunctionName },
    statistic: 'Sum',
  });
  const logs = `the log group /aws/lambda/${name} says why`;
  const ofScaler: Alarm[] = [
    {
      id: 'errors',
      name: `${name}-errors`,
      description: `The scaler fails: fleets keep the size they have; ${logs}.`,
      metric: ofLambda(name, 'Errors'),
      when: FAULTY,
    },
    {
      id: 'throttles',
      name: `${name}-throttles`,
      description:
        'AWS refuses to start the scaler: the concurrency of the account is used up. Ask for a higher quota.',
      metric: ofLambda(name, 'Throttles'),
      when: FAULTY,
    },
    {
      id: 'heartbeat',
      name: `${name}-heartbeat`,
      description: `The scaler was not started for five minutes: look at the EventBridge schedule ${name}.`,
      metric: ofLambda(name, 'Invocations'),
      when: SILENT,
    },
  ];
  return [
    ...(fleets.length > 0 ? ofScaler : []),
    {
      id: 'housekeeper-errors',
      name: `${housekeeper}-errors`,
      description: `The housekeeper failed at each try: old images, stale runners or stuck instances and tasks stay, or a reminder was not sent; the log group /aws/lambda/${housekeeper} says why.`,
      // Not Errors: three within an hour may be one failed try each of three starts that then succeeded. Once, because
      // AWS tries a start three times within minutes and drops it then, and its next may be a day off.
      metric: ofLambda(housekeeper, 'AsyncEventsDropped'),
      when: ONCE,
    },
    ...(toGroups(config).length > 0 ? toDrainAlarms(config) : []),
    ...toNightlyAlarms(config),
    ...fleets.flatMap((fleet) => {
      const ofFleet = (metric: string): Alarm['metric'] => ({
        namespace: METRIC_NAMESPACE,
        name: metric,
        dimensions: { Environment: environment, Fleet: fleet.name },
        statistic: 'Maximum',
      });
      const group = groupName(environment, fleet.name);
      return [
        {
          id: `${fleet.name}-blocked`,
          name: `${group}-blocked`,
          description: `Jobs wait but fleet ${fleet.name} cannot grow; ${logs}.`,
          metric: ofFleet(METRICS.blocked),
          when: FAULTY,
        },
        {
          id: `${fleet.name}-unknown`,
          name: `${group}-unknown`,
          description: `The queue or the group of fleet ${fleet.name} cannot be read; ${logs}.`,
          metric: ofFleet(METRICS.unknown),
          when: FAULTY,
        },
      ];
    }),
  ];
}
