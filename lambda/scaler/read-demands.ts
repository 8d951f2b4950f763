import { toPhase } from './core/hours';
import type { Demand } from './core/types';
import { OVER } from './deadline';
import type { FleetState } from './fleet-state';
import type { Ports, Round } from './ports';
import type { AccountSettings, FleetSettings } from './settings';

/** Share of a poll that the CI may take; the group, the decision and the change need the rest. */
const CI_SHARE = 0.6;
/** From the end of that to an answer of what was read until then; who gives none is not waited for. */
const GRACE_MS = 250;
/** While a fleet is closed nothing depends on its queue: it is read for those who look. */
const CLOSED_EVERY_MS = 60_000;

/** What the CI wants of each fleet, now; of a closed one a minute ago at most. */
export async function readDemands(
  fleets: readonly FleetState[],
  account: AccountSettings,
  round: Round,
  pollMs: number,
  ports: Ports,
): Promise<Demand[]> {
  const now = ports.now();
  const asked = fleets.filter((fleet) => isDue(fleet, pollMs, now));
  round.fleets = asked.length;
  return Promise.all(
    fleets.map(async (fleet) => {
      if (fleet.demand && !asked.includes(fleet)) return fleet.demand.answer;
      const answer = await readInTime(fleet.settings, account, round, pollMs * CI_SHARE, ports);
      fleet.demand = { at: now, answer };
      return answer;
    }),
  );
}

function isDue({ settings, demand }: FleetState, pollMs: number, now: number): boolean {
  if (!demand) return true;
  const phase = toPhase(settings.hours, now);
  if (phase !== 'closed' && phase !== 'opening') return true;
  // Half a poll early, or a minute that is a moment short would make it two.
  return now - demand.at >= CLOSED_EVERY_MS - pollMs / 2;
}

async function readInTime(
  settings: FleetSettings,
  account: AccountSettings,
  round: Round,
  ms: number,
  ports: Ports,
): Promise<Demand> {
  const over = new AbortController();
  const ended = new AbortController();
  const late = async (): Promise<Demand> => {
    await ports.sleep(ms, ended.signal);
    over.abort(OVER);
    await ports.sleep(GRACE_MS, ended.signal);
    return { kind: 'unknown', problem: 'timeout', detail: `no answer in ${ms} ms` };
  };
  try {
    return await Promise.race([ask(settings, account, round, ports, over.signal), late()]);
  } finally {
    ended.abort(OVER);
  }
}

async function ask(
  { name, queue, max, slots }: FleetSettings,
  account: AccountSettings,
  round: Round,
  { ci }: Ports,
  signal: AbortSignal,
): Promise<Demand> {
  const enough = max * slots;
  if (account.ci === 'circleci' && queue.ci === 'circleci')
    return ci.circleci({ account, queue, enough, round }, signal);
  if (account.ci === 'gitlab' && queue.ci === 'gitlab')
    return ci.gitlab({ account, queue, enough, round }, signal);
  if (account.ci === 'nomad' && queue.ci === 'nomad')
    return ci.nomad({ account, queue, enough, round }, signal);
  throw new Error(`fleet ${name} has a queue of ${queue.ci} and an account of ${account.ci}: deploy again`);
}
