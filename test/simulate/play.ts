/** Plays recorded jobs in the model, as a run that can be compared. */
import type { FleetPlan } from '../../simulate/plan';
import { runFleet } from '../../simulate/run';
import type { World } from '../../simulate/world';
import type { Change, FleetRun, Step } from './compare-runs';
import { MONDAY } from './perfect-plan';
import type { RecordedJob } from './recorded';

export function play(plan: FleetPlan, jobs: readonly RecordedJob[], world: World): FleetRun {
  const changes: Change[] = [];
  const desired: Step[] = [];
  const active: Step[] = [];
  const change = (steps: Step[], at: number, by: number) =>
    steps.push({ at, value: (steps.at(-1)?.value ?? 0) + by });
  // The model's minutes begin as those of the clock do, with the first job in the first of them.
  const toSeconds = (at: number) => (at - MONDAY) / 1000;
  const submitted = jobs
    .map(({ submitted, duration }) => ({ submitted: MONDAY + submitted * 1000, duration }))
    .sort((one, other) => one.submitted - other.submitted);
  runFleet(plan, submitted, world, {
    onLook({ at, outcome: { decision } }) {
      if (decision.kind === 'hold') return;
      const { kind, reason, to } = decision;
      changes.push({ at: toSeconds(at), kind, reason, to });
    },
    onEvent(moment, event) {
      const at = toSeconds(moment);
      const [, to] = /desired \d+ → (\d+)$/.exec(event) ?? [];
      if (to !== undefined) desired.push({ at, value: Number(to) });
      if (event.endsWith(' is launched')) change(active, at, 1);
      if (event.endsWith(' counts itself out')) change(active, at, -1);
    },
  });
  return { changes, counts: { desired, active } };
}
