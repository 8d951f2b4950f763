/** A fleet of the config as what is simulated. */
import { SPOT_SHARE, toPrice } from '../../config/prices';
import type { Config, FleetConfig } from '../../config/schema';
import type { FleetPlan } from '../../simulate/plan';
import { toSettings } from '../../stacks/control/to-settings';
import { ExpectedError } from '../expected-error';

/** Jobs at once of the fleet's account, over all of its fleets; undefined: no limit is known. */
export function toConcurrency(config: Config, { account }: Pick<FleetConfig, 'account'>): number | undefined {
  const found = config.accounts[account];
  return found && 'concurrency' in found ? found.concurrency : undefined;
}

export function toPlan(config: Config, fleet: FleetConfig, price: number | undefined): FleetPlan {
  const { pollSeconds, fleets } = toSettings(config);
  const settings = fleets.find(({ name }) => name === fleet.name);
  if (!settings) throw new Error(`The settings have no fleet ${fleet.name}.`);
  const [type = ''] = fleet.instanceTypes;
  const onDemand = price ?? toPrice(type, config.prices);
  if (onDemand === undefined)
    throw new ExpectedError(
      `The price of ${type} is not known here: give it in dollars an hour (PRICE=0.12), as AWS shows it for your region.`,
    );
  return {
    policy: 'muster',
    settings,
    pollSeconds,
    group: {
      price: { onDemand, spot: onDemand * SPOT_SHARE },
      stopped: fleet.warmPool?.stopped ?? 0,
      spotPercent: fleet.spotPercent,
    },
    life: {
      slots: fleet.jobsPerInstance,
      serves: fleet.serves,
      idleSeconds: fleet.idleSeconds,
      jobLimit: fleet.jobLimitMinutes * 60,
      way: 'counts-out',
    },
  };
}
