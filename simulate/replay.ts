/** What happened in one scenario, line by line. */
import { runFleet } from './run';
import type { Scenario } from './scenario';
import { verify } from './verify';

const toClock = (at: number) => new Date(at).toISOString().replace('T', ' ').slice(0, 23);

/** @returns the timeline, and what was violated */
export function replay({ plan, jobs, world }: Scenario): { lines: string[]; violations: string[] } {
  const lines: string[] = [];
  const result = runFleet(plan, jobs, world, {
    onEvent: (at, event) => lines.push(`${toClock(at)}  ${event}`),
    onLook({ at, demand, capacity, outcome: { decision } }) {
      if (decision.kind === 'hold') return;
      const seen = [
        demand.kind === 'unknown' ? 'demand unknown' : `${demand.queued} queued, ${demand.running} running`,
        capacity.kind === 'unknown'
          ? 'capacity unknown'
          : `desired ${capacity.desired}, ${capacity.pending.length} starting, ${capacity.inService.length} in service`,
      ];
      lines.push(
        `${toClock(at)}  ${decision.kind} to ${decision.to} (${decision.reason}): ${seen.join('; ')}`,
      );
    },
  });
  return { lines, violations: verify(plan, jobs, world, result) };
}
