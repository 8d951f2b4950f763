/** Whom to end because its CI does not know it: pure. A wrong reading must not empty a fleet. */
import { MOST_REMEMBERED, type StuckMemory } from './stuck-memory';

/** An instance of the group. */
export interface Member {
  id: string;
  /** Such as InService. */
  state: string;
  /** From scale-in: it is busy, or its fleet protects all. */
  isProtected: boolean;
}

/** The CI's list of runners: when each was last heard of, by instance id; undefined where the CI does not tell that. */
export type Runners =
  | { kind: 'known'; heardAt: ReadonlyMap<string, number | undefined> }
  /** No list, or not the whole of it. */
  | { kind: 'unreadable'; detail: string };

interface Question {
  members: readonly Member[];
  runners: Runners;
  memory: StuckMemory;
  /** How long an instance may be unknown. */
  limitMs: number;
  now: number;
}

export interface StuckChoice {
  /** implausible: the list knows nobody though several serve, so nothing is judged by it. */
  verdict: 'judged' | 'unreadable' | 'implausible';
  /** Ids, the longest unknown first. */
  end: string[];
  /** Instances that are unknown, those to end included. */
  unknown: string[];
  /** To be kept before anybody is ended. */
  memory: StuckMemory;
}

const HOUR_MS = 60 * 60_000;
/** Of the instances in service, in an hour; one at least. */
const SHARE = 10;
/** Looks come every five minutes. After three that failed, what is remembered says nothing of the time between. */
const FORGET_MS = 20 * 60_000;
/** CircleCI gives up an agent, and its job, after five minutes of silence. */
const SILENT_MS = 10 * 60_000;

export function chooseStuck({ members, runners, memory, limitMs, now }: Question): StuckChoice {
  const unchanged = { end: [], unknown: [], memory };
  if (runners.kind === 'unreadable') return { verdict: 'unreadable', ...unchanged };

  const serving = members.filter(({ state }) => state === 'InService');
  const isKnown = ({ id, isProtected }: Member) => {
    if (!runners.heardAt.has(id)) return false;
    const heardAt = runners.heardAt.get(id);
    // An agent may be silent while its job runs.
    return isProtected || heardAt === undefined || now - heardAt < SILENT_MS;
  };
  if (serving.length > 1 && !serving.some(isKnown)) return { verdict: 'implausible', ...unchanged };

  const isRemembered = memory.readAt !== undefined && now - memory.readAt < FORGET_MS;
  const since = (id: string) => (isRemembered ? memory.since.get(id) : undefined) ?? now;
  const unknown = serving
    .filter((member) => !member.isProtected && !isKnown(member))
    .map(({ id }) => ({ id, since: since(id) }))
    // By id where the time is the same: two that look at once come to the same answer.
    .sort((one, other) => one.since - other.since || (one.id < other.id ? -1 : 1));
  const end = unknown
    .slice(0, toAllowance(memory, serving.length, now))
    .filter((instance) => now - instance.since >= limitMs)
    .map(({ id }) => id);
  const waiting = unknown.filter(({ id }) => !end.includes(id)).slice(0, MOST_REMEMBERED);
  return {
    verdict: 'judged',
    end,
    unknown: unknown.map(({ id }) => id),
    memory: {
      // Nothing to remember is nothing to write, every five minutes in every group.
      readAt: waiting.length > 0 ? now : undefined,
      since: new Map(waiting.map(({ id, since }) => [id, since])),
      ended: toEnded(memory.ended, end.length, now),
    },
  };
}

/**
 * How many may be ended now. They come in rows that are an hour long at most and an hour apart, so that any hour sees
 * instances of one row only.
 */
function toAllowance({ ended }: StuckMemory, serving: number, now: number): number {
  const most = Math.max(1, Math.floor(serving / SHARE));
  if (!ended || now - ended.last >= HOUR_MS) return most;
  return now - ended.from < HOUR_MS ? Math.max(0, most - ended.count) : 0;
}

function toEnded(ended: StuckMemory['ended'], count: number, now: number): StuckMemory['ended'] {
  const isOver = !ended || now - ended.last >= HOUR_MS;
  if (count === 0) return isOver ? undefined : ended;
  return isOver ? { from: now, last: now, count } : { ...ended, last: now, count: ended.count + count };
}
