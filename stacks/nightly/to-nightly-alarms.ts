/** Which alarms the nightly build has: when it fails, when it cannot be started, when it does not happen any more. */
import { nightlyName } from '../../config/names';
import type { Config } from '../../config/schema';
import { type Alarm, ONCE } from '../control/alarm';
import { nightlyLogGroup } from './nightly-statements';

const HOUR = 3600;

/** A day, and two hours for a night that takes longer than the one before. */
const SILENT_HOURS = 26;

export function toNightlyAlarms({ environment, nightly }: Config): Alarm[] {
  if (!nightly) return [];
  const name = nightlyName(environment);
  const ofProject = (metric: string): Alarm['metric'] => ({
    namespace: 'AWS/CodeBuild',
    name: metric,
    dimensions: { ProjectName: name },
    statistic: 'Sum',
  });
  return [
    {
      id: 'nightly-failed',
      name: `${name}-failed`,
      description: `A nightly image failed; the log group ${nightlyLogGroup(environment)} says why, and which image runs.`,
      metric: ofProject('FailedBuilds'),
      when: ONCE,
    },
    {
      // The only one that tells of the very first night, too: silence begins after a success.
      id: 'nightly-not-started',
      name: `${name}-not-started`,
      description: `EventBridge Scheduler could not start the nightly build: look whether the schedule ${name}/${name} and its role ${name}-schedule are as deployed.`,
      metric: {
        namespace: 'AWS/Scheduler',
        name: 'InvocationDroppedCount',
        // There is no metric of one schedule, so it has a group to itself.
        dimensions: { ScheduleGroup: name },
        statistic: 'Sum',
      },
      when: ONCE,
    },
    {
      id: 'nightly-silent',
      name: `${name}-silent`,
      description: `No nightly build succeeded for ${SILENT_HOURS} hours: images grow old; look at the schedule and the CodeBuild project ${name}.`,
      metric: ofProject('SucceededBuilds'),
      when: {
        comparison: 'LessThanThreshold',
        threshold: 1,
        periodSeconds: HOUR,
        periods: SILENT_HOURS,
        ofPeriods: SILENT_HOURS,
        missing: 'missing',
      },
      // Were silence a breach, every first deploy would begin with an alarm: nothing has succeeded yet. So the alarm
      // begins with "insufficient data", is OK after the first night, and tells when it falls back to no data.
      tells: 'silence',
    },
  ];
}
