/** Which alarms an environment has. All look at minutes, because the scaler runs once a minute. */
import { groupName, scalerName } from '../../config/names';
import type { Config } from '../../config/schema';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/scaler/settings';

export interface Alarm {
  /** Unique in the construct. */
  id: string;
  name: string;
  /** What it means and what to do. */
  description: string;
  metric: {
    namespace: string;
    name: string;
    dimensions: Record<string, string>;
    statistic: 'Sum' | 'Maximum';
  };
  /** Against a threshold of 1, in so many of the last minutes. */
  when: {
    comparison: 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold';
    minutes: number;
    ofMinutes: number;
    missing: 'notBreaching' | 'breaching';
  };
}

/** One bad minute is an API's hiccup, which the next minute mends; three in five are a fault. */
const FAULTY: Alarm['when'] = {
  comparison: 'GreaterThanOrEqualToThreshold',
  minutes: 3,
  ofMinutes: 5,
  missing: 'notBreaching',
};

const SILENT: Alarm['when'] = {
  comparison: 'LessThanThreshold',
  minutes: 5,
  ofMinutes: 5,
  missing: 'breaching',
};

export function toAlarms({ environment, fleets }: Config): Alarm[] {
  const name = scalerName(environment);
  const ofScaler = (metric: string): Alarm['metric'] => ({
    namespace: 'AWS/Lambda',
    name: metric,
    dimensions: { FunctionName: name },
    statistic: 'Sum',
  });
  const logs = `the log group /aws/lambda/${name} says why`;
  return [
    {
      id: 'errors',
      name: `${name}-errors`,
      description: `The scaler fails: fleets keep the size they have; ${logs}.`,
      metric: ofScaler('Errors'),
      when: FAULTY,
    },
    {
      id: 'throttles',
      name: `${name}-throttles`,
      description:
        'AWS refuses to start the scaler: the concurrency of the account is used up. Ask for a higher quota.',
      metric: ofScaler('Throttles'),
      when: FAULTY,
    },
    {
      id: 'heartbeat',
      name: `${name}-heartbeat`,
      description: `The scaler was not started for five minutes: look at the EventBridge schedule ${name}.`,
      metric: ofScaler('Invocations'),
      when: SILENT,
    },
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
