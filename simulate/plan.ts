/** A fleet and who scales it. */
import type { FleetSettings } from '../lambda/scaler/settings';
import type { GroupPlan } from './group';
import type { LifePlan } from './lives';

/**
 * muster: the deployed core. always-on: `max` instances at all times. published-…: the published CircleCI scalers, which
 * take an error of the API for the maximum, or crash on it. all-knowing: the best that looks as seldom.
 */
export type PolicyKind = 'muster' | 'always-on' | 'published-maximum' | 'published-nothing' | 'all-knowing';

export interface FleetPlan {
  policy: PolicyKind;
  settings: FleetSettings;
  pollSeconds: number;
  group: Omit<GroupPlan, 'name' | 'max'>;
  life: LifePlan;
}

/** Instances that wait warm in the hour with most. */
export const mostWarm = (warm: FleetSettings['warm']): number =>
  typeof warm === 'number' ? warm : Math.max(0, ...warm.byHour);
