/** What happened in one scenario, line by line. */
import { runFleets } from './run';
import type { Look } from './scaler';
import type { Scenario } from './scenario';
import { verifyAll } from './verify';

const toClock = (at: number) => new Date(at).toISOString().replace('T', ' ').slice(0, 23);

/** @returns the timeline, and what was violated */
export function replay({ works, account, world }: Scenario): { lines: string[]; violations: string[] } {
  const lines: string[] = [];
  const watches = works.map(({ plan: { settings } }) => ({
    onEvent: (at: number, event: string) => lines.push(`${toClock(at)}  ${event}`),
    onLook: (look: Look) => {
      const line = toLine(look);
      if (line) lines.push(`${toClock(look.at)}  ${works.length === 1 ? '' : `${settings.name}: `}${line}`);
    },
  }));
  const results = runFleets(works, world, account, watches);
  return { lines, violations: verifyAll(works, world, results) };
}

/** Looks that change nothing are no line. */
function toLine({ demand, capacity, outcome: { decision } }: Look): string | undefined {
  if (decision.kind === 'hold') return undefined;
  const seen = [
    demand.kind === 'unknown' ? 'demand unknown' : `${demand.queued} queued, ${demand.running} running`,
    capacity.kind === 'unknown'
      ? 'capacity unknown'
      : `desired ${capacity.desired}, ${capacity.pending.length} starting, ${capacity.inService.length} in service`,
  ];
  return `${decision.kind} to ${decision.to} (${decision.reason}): ${seen.join('; ')}`;
}
