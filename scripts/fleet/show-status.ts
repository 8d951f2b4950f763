/** What `make status` prints: pure. */
import { PROBLEMS, REASONS } from '../../lambda/scaler/core/reasons';
import { toColumns } from '../to-columns';
import type { Said } from './read-decisions';

export interface FleetStatus {
  name: string;
  /** Undefined: not deployed. */
  group: GroupStatus | undefined;
  /** By its hours: open, opening, closed or on-demand. */
  phase: string;
  said: Said | undefined;
}

export interface GroupStatus {
  desired: number;
  max: number;
  /** Since when, as its tag says. */
  paused: string | undefined;
  inService: number;
  starting: number;
  /** By instance id; milliseconds since 1970, undefined when AWS does not tell. */
  draining: ReadonlyMap<string, number | undefined>;
  held: ReadonlyMap<string, number | undefined>;
}

const HEAD = [
  'FLEET',
  'IS',
  'DESIRED',
  'MAX',
  'IN SERVICE',
  'STARTING',
  'DRAINING',
  'HELD',
  'QUEUED',
  'RUNNING',
  'SCALER',
];

export function showStatus(fleets: readonly FleetStatus[], now: number): string[] {
  return [
    ...toColumns(
      HEAD,
      fleets.map((fleet) => toRow(fleet)),
    ),
    ...fleets.flatMap((fleet) => toDetails(fleet, now)),
    ...toReasons(fleets),
  ];
}

function toRow({ name, group, phase, said }: FleetStatus): string[] {
  if (!group) return [name, 'not deployed'];
  const { desired, max, paused, inService, starting, draining, held } = group;
  return [
    name,
    paused === undefined ? phase : 'paused',
    ...[desired, max, inService, starting, draining.size, held.size].map(String),
    // Unknown is not zero: a closed fleet is not asked about, and a CI that does not answer has no count.
    ...[said?.queued, said?.running].map((count) => count ?? '?'),
    said ? `${said.decision}, ${said.reason}` : 'silent for three minutes',
  ];
}

function toDetails({ name, group, said }: FleetStatus, now: number): string[] {
  const list = (what: string, instances: ReadonlyMap<string, number | undefined> = new Map()) =>
    [...instances].map(([id, since]) => `  ${id} ${what} ${toSince(since, now)}`);
  const lines = [
    ...(group?.paused === undefined ? [] : [`  paused ${toSince(Date.parse(group.paused), now)}`]),
    ...list('drains', group?.draining),
    ...list('is held', group?.held),
    ...(said?.besides ?? []).map(({ code, detail }) => `  ${code}${detail ? `: ${detail}` : ''}`),
  ];
  return lines.length > 0 ? ['', `${name}:`, ...lines] : [];
}

const MEANINGS: Record<string, { meaning: string; remedy: string }> = { ...REASONS, ...PROBLEMS };

/** Each reason and problem once, with its meaning and what to do. */
function toReasons(fleets: readonly FleetStatus[]): string[] {
  const codes = fleets.flatMap(({ said }) =>
    said ? [said.reason, ...said.besides.map(({ code }) => code)] : [],
  );
  const lines = [...new Set(codes)].flatMap((code) => {
    const entry = MEANINGS[code];
    return entry ? [`  ${code}: ${entry.meaning} ${entry.remedy}`] : [];
  });
  return lines.length > 0 ? ['', 'What the scaler says:', ...lines] : [];
}

function toSince(since: number | undefined, now: number): string {
  if (since === undefined || Number.isNaN(since)) return '(AWS does not tell since when)';
  const minutes = Math.max(0, Math.floor((now - since) / 60_000));
  const age = minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
  return `since ${new Date(since).toISOString().slice(0, 16)}Z (${age})`;
}
