/** Two runs of the same jobs, in the cloud and in the model: where they differ. Times are seconds of one clock. */

/** A decision that changes something. */
export interface Change {
  /** When the scaler looked. */
  at: number;
  kind: string;
  reason: string;
  to: number | null;
}

/** A number from a moment on; 0 before the first one. */
export interface Step {
  at: number;
  value: number;
}

export interface FleetRun {
  changes: Change[];
  /** Of instances: what is asked for, and what is pending or in service. */
  counts: { desired: Step[]; active: Step[] };
}

/** Seconds by which one may be before or after the other. */
export interface Tolerance {
  changes: number;
  counts: number;
}

/** @returns a line for each difference; none: the same */
export function compareRuns(cloud: FleetRun, model: FleetRun, tolerance: Tolerance): string[] {
  return [
    ...compareChanges(cloud.changes, model.changes, tolerance.changes),
    ...(['desired', 'active'] as const).flatMap((name) => {
      const real = toPieces(cloud.counts[name]);
      const played = toPieces(model.counts[name]);
      const says = (where: string, other: string) => (difference: string) =>
        `${name} of the ${where} is ${difference} of the ${other}`;
      return [
        ...findUnmatched(real, played, tolerance.counts).map(says('cloud', 'model')),
        ...findUnmatched(played, real, tolerance.counts).map(says('model', 'cloud')),
      ];
    }),
  ];
}

const toText = (change: Change | undefined) =>
  change
    ? `${change.kind} to ${change.to} (${change.reason}) at ${change.at.toFixed(1)} s`
    : 'no change any more';

function compareChanges(cloud: readonly Change[], model: readonly Change[], tolerance: number): string[] {
  return Array.from({ length: Math.max(cloud.length, model.length) }, (_, index) => index).flatMap(
    (index) => {
      const [real, played] = [cloud[index], model[index]];
      const isSame =
        real?.kind === played?.kind &&
        real?.reason === played?.reason &&
        real?.to === played?.to &&
        Math.abs((real?.at ?? 0) - (played?.at ?? 0)) <= tolerance;
      return isSame ? [] : [`change ${index + 1}: the cloud: ${toText(real)}; the model: ${toText(played)}`];
    },
  );
}

/**
 * A stretch of time in which a number stays as it is. It may take no time: of two instances that are launched at once one is
 * the first in the cloud, if only for a moment, and the model has been there too.
 */
interface Piece {
  from: number;
  until: number;
  value: number;
}

function toPieces(steps: readonly Step[]): Piece[] {
  const pieces: Piece[] = [{ from: -Infinity, until: Infinity, value: 0 }];
  for (const { at, value } of steps) {
    const last = pieces.at(-1) as Piece;
    if (value === last.value) continue;
    last.until = at;
    pieces.push({ from: at, until: Infinity, value });
  }
  return pieces;
}

/** Moments at which a number is not the other one's at any moment near enough. */
function findUnmatched(pieces: readonly Piece[], others: readonly Piece[], tolerance: number): string[] {
  return pieces.flatMap(({ from, until, value }) => {
    let at = from;
    for (const other of others) {
      const isReached = other.value === value && other.from - tolerance <= at;
      if (isReached) at = Math.max(at, other.until + tolerance);
    }
    if (at >= until) return [];
    const moment = Number.isFinite(at) ? `${at.toFixed(1)} s` : 'the beginning';
    return [`${value} at ${moment}, and not within ${tolerance.toFixed(1)} s`];
  });
}
