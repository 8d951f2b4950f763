/** Which alarms the drain path has. Each message that was not delivered costs money, so one is enough. */
import { drainName } from '../../config/names';
import type { Config } from '../../config/schema';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/drain/settings';
import { type Alarm, ONCE } from '../control/alarm';

export function toDrainAlarms({ environment }: Config): Alarm[] {
  const name = drainName(environment);
  const logs = `the log group /aws/lambda/${name} says why`;
  return [
    {
      id: 'drain-unanswered',
      name: `${name}-unanswered`,
      description: `Systems Manager did not reach an instance that is to go, at any of up to three tries, or its drain failed at once: it leaves by itself, or is released when it shows no life; ${logs}.`,
      metric: {
        namespace: METRIC_NAMESPACE,
        name: METRICS.unanswered,
        dimensions: { Environment: environment },
        statistic: 'Sum',
      },
      when: ONCE,
    },
    {
      id: 'drain-errors',
      name: `${name}-errors`,
      description: `The drain Lambda failed at each try: instances leave by themselves, and dead ones stay until their hook ends after half an hour; ${logs}.`,
      // Not Errors: a failed try that is followed by one that succeeds is nothing to get up for.
      metric: {
        namespace: 'AWS/Lambda',
        name: 'AsyncEventsDropped',
        dimensions: { FunctionName: name },
        statistic: 'Sum',
      },
      when: ONCE,
    },
  ];
}
