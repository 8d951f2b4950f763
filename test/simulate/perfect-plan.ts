/** A fleet that everything is right with, for tests that change one thing. */
import { MONDAY } from '../../simulate/generate';
import type { FleetPlan } from '../../simulate/plan';
import type { Job } from '../../simulate/trace';

export { MONDAY };

/** In the working hours of that Monday. */
export const MORNING = MONDAY + 9 * 3_600_000;

export const PERFECT_PLAN: FleetPlan = {
  policy: 'muster',
  settings: {
    name: 'linux',
    group: 'muster-dev-linux',
    account: 'acme',
    queue: { ci: 'circleci', resourceClass: 'acme/linux' },
    max: 500,
    warm: 0,
    slots: 1,
  },
  pollSeconds: 10,
  group: { price: { onDemand: 0.1, spot: 0.04 }, stopped: 0, spotPercent: 0 },
  life: { slots: 1, serves: 'one-job', idleSeconds: 60, jobLimit: 5 * 3600, way: 'counts-out' },
};

/** @param at seconds after nine in the morning */
export const jobAt = (at: number, duration = 120): Job => ({ submitted: MORNING + at * 1000, duration });
