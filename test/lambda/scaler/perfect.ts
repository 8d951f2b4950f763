/** A perfect situation: an open fleet with room, a job waiting, everything known. Tests change one thing. */
import type { Situation } from '../../../lambda/scaler/core/decide';
import type { Sight } from '../../../lambda/scaler/core/sight';
import type { KnownCapacity } from '../../../lambda/scaler/core/types';
import type { FleetSettings, Hours, Settings } from '../../../lambda/scaler/settings';

/** A Wednesday, 12:00 UTC. */
export const NOW = Date.parse('2026-11-18T12:00:00Z');

export const ids = (count: number, prefix = 'i') => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

export const capacityOf = (given: Partial<KnownCapacity> = {}): KnownCapacity => ({
  kind: 'known',
  desired: (given.inService?.length ?? 0) + (given.pending?.length ?? 0),
  min: 0,
  max: 100,
  pending: [],
  inService: [],
  held: [],
  other: 0,
  draining: [],
  suspended: ['AZRebalance'],
  ...given,
});

export const settingsOf = (given: Partial<FleetSettings> = {}): FleetSettings => ({
  name: 'linux',
  group: 'muster-dev-linux',
  account: 'main',
  queue: { ci: 'circleci', resourceClass: 'acme/linux' },
  max: 100,
  warm: 0,
  slots: 1,
  ...given,
});

export const situationOf = (given: Partial<Situation> = {}): Situation => ({
  demand: { kind: 'known', queued: 1, running: 0 },
  capacity: capacityOf(),
  settings: settingsOf(),
  memory: {},
  now: NOW,
  ...given,
});

/** What the poll ten seconds ago saw: just what a situation sees now. */
export const sightOf = (given: Partial<Sight> = {}): Sight => ({
  at: NOW - 10_000,
  queued: 1,
  running: 0,
  desired: 0,
  pending: [],
  inService: [],
  draining: [],
  failedLaunches: 0,
  unused: 0,
  ...given,
});

const DAY = [{ open: '08:00', close: '18:00' }];
export const WORKING_HOURS: Hours = {
  timeZone: 'UTC',
  week: { mon: DAY, tue: DAY, wed: DAY, thu: DAY, fri: DAY },
  holidays: [],
  outside: 'closed',
};

export const envSettingsOf = (fleets: FleetSettings[], given: Partial<Settings> = {}): Settings => ({
  environment: 'dev',
  pollSeconds: 10,
  accounts: {
    main: { ci: 'circleci', baseUrl: 'http://ci.invalid', apiTokenSecret: 'muster/dev/ci/main/api-token' },
  },
  fleets,
  ...given,
});
