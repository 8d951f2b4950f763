import type { FleetConfig } from '../../../config/schema';
import { ask } from './ask';
import type { CiJob, LocalCi } from './local-ci';

export function makeCircleci(url: string, fleets: FleetConfig[]): LocalCi {
  return {
    newRunnerToken: (random) => `local-${random}`,
    async publish(tokens) {
      const classes = tokens.map(({ fleet, ...own }) => [fleet.resourceClass, own]);
      await ask(`${url}/_local/classes`, 'PUT', Object.fromEntries(classes));
    },
    async enqueue({ resourceClass }, tasks) {
      await ask(
        `${url}/_local/jobs`,
        'POST',
        tasks.map((task) => ({ ...task, resourceClass })),
      );
    },
    async readJobs() {
      const jobs = (await ask(`${url}/_local/jobs`)) as (CiJob & { resourceClass: string })[];
      return jobs.map(({ resourceClass, ...job }) => ({
        ...job,
        fleet: fleets.find((fleet) => fleet.resourceClass === resourceClass)?.name,
      }));
    },
    // An agent of CircleCI registers nothing.
    readLeftovers: async () => [],
  };
}
