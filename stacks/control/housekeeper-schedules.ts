/** When the housekeeper does what: pure. */
import { toGroups } from '../../config/groups';
import { housekeeperName } from '../../config/names';
import type { Config } from '../../config/schema';
import type { Task } from '../../lambda/housekeeper/settings';
import type { Schedule } from '../schedules';

/** The nightly pipeline has ended, or was ended, by then (stacks/nightly: three hours at most). */
const HOURS_AFTER_NIGHTLY = 4;

/** Without nightly images there is no better hour than another. */
const OTHERWISE = { time: '04:30', timeZone: 'UTC' };

export function toHousekeeperSchedules(config: Config): Schedule[] {
  const { environment, fleets, images: definitions, nightly, githubEcs } = config;
  const name = housekeeperName(environment);
  const managers: Task = 'managers';
  const images: Task = 'images';
  const stuck: Task = 'stuck';
  const reminders: Task = 'reminders';
  const runners: Task = 'runners';
  const { time, timeZone } = nightly ?? OTHERWISE;
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return [
    ...(fleets.some(({ gitlab }) => gitlab)
      ? [
          {
            id: managers,
            name: `${name}-${managers}`,
            description: 'Removes the runner managers of instances that are gone',
            expression: 'rate(15 minutes)',
            input: { task: managers },
          },
        ]
      : []),
    ...(Object.keys(definitions).length > 0
      ? [
          {
            id: images,
            name: `${name}-${images}`,
            description: 'Removes images that nothing needs any more',
            expression: `cron(${minute} ${(hour + (nightly ? HOURS_AFTER_NIGHTLY : 0)) % 24} * * ? *)`,
            timeZone,
            input: { task: images },
          },
        ]
      : []),
    ...(fleets.length > 0
      ? [
          {
            id: stuck,
            name: `${name}-${stuck}`,
            description: 'Ends instances whose runner the CI does not know',
            expression: 'rate(5 minutes)',
            input: { task: stuck },
          },
        ]
      : []),
    ...(toGroups(config).length > 0
      ? [
          {
            id: reminders,
            name: `${name}-${reminders}`,
            description: 'Reminds of held instances and paused fleets',
            expression: 'rate(6 hours)',
            input: { task: reminders },
          },
        ]
      : []),
    ...(githubEcs
      ? [
          {
            id: runners,
            name: `${name}-${runners}`,
            description: 'Removes runners of GitHub without a task, and tasks whose runner has no job',
            expression: 'rate(5 minutes)',
            input: { task: runners },
          },
        ]
      : []),
  ];
}
