import { applyDecision, applyWake } from './apply-decision';
import type { Cohort } from './cohorts';
import { decide, type Outcome } from './core/decide';
import { decideTogether } from './core/decide-together';
import { decideWake } from './core/decide-wake';
import { isFallback } from './core/spot';
import type { Decision, Demand } from './core/types';
import type { FleetState, LaunchFailure, Poll, Trouble } from './fleet-state';
import type { Ports, Round } from './ports';
import { readCapacity } from './read-capacity';
import { readDemands } from './read-demands';

/** Who polls, and so what is decided and kept. */
const TURNS = {
  minute: { decide, apply: applyDecision },
  wake: { decide: decideWake, apply: applyWake },
};

/**
 * One poll of the fleets that share an account's concurrency, or of one fleet alone: demand, then capacity,
 * then the decisions, at once. Does not throw for what the world does.
 */
export async function pollFleets(
  { fleets, account }: Pick<Cohort, 'fleets' | 'account'>,
  round: Round,
  pollMs: number,
  ports: Ports,
  turn: keyof typeof TURNS,
): Promise<Poll[]> {
  const { decide: decideTurn, apply } = TURNS[turn];
  const demands = await readDemands(fleets, account, round, pollMs, ports);
  const capacities = await Promise.all(fleets.map((fleet) => readCapacity(fleet, ports)));
  const now = ports.now();
  const views = capacities.map(({ group, troubles, capacity, memory }, i) => {
    const fleet = fleets[i] as FleetState;
    const demand = demands[i] as Demand;
    return { fleet, group, troubles, situation: { demand, capacity, memory, settings: fleet.settings, now } };
  });
  const outcomes = decideTogether(
    views.map(({ situation }) => situation),
    account.concurrency,
    decideTurn,
  );
  return Promise.all(
    views.map(async ({ fleet, group, troubles, situation: { demand, capacity } }, i) => {
      const outcome = outcomes[i] as Outcome;
      const failed = await apply(fleet, group, outcome, ports);
      const { decision } = outcome;
      const { spot } = outcome.memory;
      return {
        demand,
        capacity,
        decision,
        troubles: [
          ...toTroubles(demand, decision),
          ...troubles,
          ...failed,
          ...toLaunchTroubles(fleet, decision),
        ],
        failure: isToBeTold(fleet.failure, decision, now) ? fleet.failure : undefined,
        fallbackUntil: isFallback(spot, now) ? spot?.until : undefined,
      };
    }),
  );
}

/** While a fleet is closed its demand decides nothing, and a CI that is down at night is no trouble of it. */
const toTroubles = (demand: Demand, { reason }: Decision): Trouble[] =>
  demand.kind !== 'known' && reason !== 'closed' && reason !== 'paused'
    ? [{ reason: 'demand-unknown', problem: demand.problem, detail: demand.detail }]
    : [];

/** So long a failure is told: a line comes once a minute, and the activities are read as often. */
const TOLD_MS = 3 * 60_000;

const isToBeTold = (failure: LaunchFailure | undefined, { reason }: Decision, now: number): boolean =>
  failure !== undefined && (reason === 'launch-failing' || now - failure.endedAt <= TOLD_MS);

/** Instances that do not come are told as what cannot be read: with the cause, and by an alarm. */
const toLaunchTroubles = ({ failure }: FleetState, { reason }: Decision): Trouble[] =>
  reason === 'launch-failing'
    ? [
        {
          reason,
          problem: failure?.problem ?? 'unknown',
          detail: failure?.message ?? 'AWS tells of no failed launch',
        },
      ]
    : [];
