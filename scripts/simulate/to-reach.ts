/** What the search may set: what the rules of the config allow for this fleet. */
import type { Config, FleetConfig } from '../../config/schema';
import type { Reach } from '../../simulate/advice/space';
import { toConcurrency } from './to-plan';

/** What the schema takes. */
const MOST = 5000;

export function toReach(config: Config, fleet: FleetConfig): Reach {
  const { warm, hours } = fleet;
  return {
    serves: toServes(config.accounts[fleet.account]?.ci, fleet.jobsPerInstance),
    most: Math.min(MOST, toConcurrency(config, fleet) ?? MOST),
    instanceTypes: fleet.instanceTypes,
    mayStop: fleet.spotPercent === 0,
    mayWait: fleet.protection !== 'all',
    timeZone: typeof warm === 'object' ? warm.timeZone : (hours?.timeZone ?? 'UTC'),
  };
}

function toServes(ci: string | undefined, jobsPerInstance: number): Reach['serves'] {
  if (ci === 'circleci') return ['one-job'];
  return ci === 'nomad' || jobsPerInstance > 1 ? ['many-jobs'] : ['one-job', 'many-jobs'];
}
