import type { SpotSettings } from '../settings';
import { toLaunchProblem } from './launch-problems';
import type { SpotMemory } from './memory';
import type { KnownCapacity, Launch } from './types';

/** So long on-demand instances are bought before spot is tried again. */
export const FALLBACK_MS = 60 * 60_000;
/** Older failures belong to another story, as for launches of any kind. */
const RECENT_MS = 15 * 60_000;
const MINUTE_MS = 60_000;

export interface SpotSituation {
  spot: SpotSettings | undefined;
  capacity: KnownCapacity;
  /** Whether more instances are wanted than are in service. */
  isWanting: boolean;
  /** Whether launches are held back, so that a group without a gap says nothing. */
  isBackingOff: boolean;
  now: number;
}

/**
 * spot-fallback: spot launches have failed for lack of capacity for as long as the settings say, with jobs waiting and
 * nothing in between that shows the contrary. It ends by itself, and then all begins anew.
 */
export function judgeSpot(memory: SpotMemory | undefined, situation: SpotSituation): SpotMemory | undefined {
  const { spot, capacity, isWanting, isBackingOff, now } = situation;
  if (!spot || spot.fallbackMinutes === 0) return undefined;
  if (memory && memory.until > 0) return isFallback(memory, now) ? memory : undefined;
  if (!isWanting || isOver(situation)) return undefined;

  const { launches = [] } = capacity;
  const since = memory?.since ?? failingSince(launches, now);
  if (since === undefined) return undefined;
  const isLong = now - since >= spot.fallbackMinutes * MINUTE_MS;
  // A gap alone is none: the group may have got all that it desired before. A back-off is one, and reads no activities.
  const isFailing = isBackingOff || launches.some((launch) => isLack(launch, now));
  return { since, until: isLong && isFailing ? now + FALLBACK_MS : 0 };
}

/** What was seen of failing spot launches, for a poll that does not know whether more instances are wanted. */
export const keepFailing = (
  memory: SpotMemory | undefined,
  situation: Omit<SpotSituation, 'isWanting'>,
): SpotMemory | undefined => (memory?.until === 0 && !isOver(situation) ? memory : undefined);

export const isFallback = (memory: SpotMemory | undefined, now: number): boolean =>
  memory !== undefined && now < memory.until;

/** What was seen of spot says nothing about a later time; a fallback lasts all the same. */
export const keepFallback = (memory: SpotMemory | undefined, now: number): SpotMemory | undefined =>
  isFallback(memory, now) ? memory : undefined;

/** When on-demand instances began to be bought, for what failed before says nothing about them. */
export const fallbackBegan = (memory: SpotMemory | undefined): number | undefined =>
  memory && memory.until > 0 ? memory.until - FALLBACK_MS : undefined;

/**
 * The share of on-demand instances that the group should buy; undefined: the scaler has no say. A deploy leaves that
 * number alone, so that it would stay as somebody set it. AWS may replace running instances after such a change to
 * make them fit (CloudFormation's documents say so, launching first; the API's of today do not): they are drained
 * like all that the group wants gone.
 */
export function toOnDemandPercent(
  spot: SpotSettings | undefined,
  memory: SpotMemory | undefined,
  now: number,
): number | undefined {
  if (!spot) return undefined;
  return spot.fallbackMinutes > 0 && isFallback(memory, now) ? 100 : 100 - spot.percent;
}

/** Whether something shows that there is spot capacity. */
function isOver({ spot, capacity, isBackingOff }: Omit<SpotSituation, 'isWanting'>): boolean {
  if (!isBackingOff && isFilled(capacity)) return true;
  // A success of a fleet that buys some on demand may be one of these; of its spot part a group that is filled tells.
  return capacity.launches?.[0]?.result === 'succeeded' && spot?.percent === 100;
}

const isFilled = ({ desired, pending, inService }: KnownCapacity): boolean =>
  desired > 0 && pending.length + inService.length >= desired;

/** The first of the failures that no other end has interrupted. */
function failingSince(launches: readonly Launch[], now: number): number | undefined {
  const other = launches.findIndex((launch) => !isLack(launch, now));
  return launches.slice(0, other < 0 ? undefined : other).at(-1)?.endedAt;
}

const isLack = ({ result, message, endedAt }: Launch, now: number): boolean =>
  result !== 'succeeded' && endedAt > now - RECENT_MS && toLaunchProblem(message) === 'no-spot-capacity';
