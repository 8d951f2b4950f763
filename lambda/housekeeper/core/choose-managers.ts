import { toInstanceId } from './system-id';

/** One machine that used a runner's token, as GitLab tells it. Times: milliseconds since 1970. */
export interface Manager {
  systemId: string;
  createdAt: number;
  /** When it was last heard of; GitLab writes that every 40 to 55 minutes. */
  contactedAt?: number;
}

/** Why a manager stays, or goes. */
export type ManagerVerdict = 'foreign' | 'young' | 'alive' | 'not-seen' | 'gone';

export interface Judged {
  manager: Manager;
  verdict: ManagerVerdict;
  instanceId?: string;
}

/** An instance registers while it boots; EC2 may not tell of it for a moment. */
const YOUNG_MS = 10 * 60_000;
/**
 * GitLab itself calls a manager offline that it has not heard of for two hours. An instance that EC2 does not know may be
 * one of another account or region that shares the runner; a terminated one is still told for about an hour.
 */
const OFFLINE_MS = 2 * 60 * 60_000;

interface Question {
  managers: readonly Manager[];
  /** State by id of every instance that EC2 told of when it was asked for all of ours. */
  instances: ReadonlyMap<string, string>;
  now: number;
}

/** Which managers belong to an instance of ours that is gone for sure. */
export function chooseManagers({ managers, instances, now }: Question): Judged[] {
  return managers.map((manager): Judged => {
    const instanceId = toInstanceId(manager.systemId);
    if (instanceId === undefined) return { manager, verdict: 'foreign' };
    const judge = (verdict: ManagerVerdict): Judged => ({ manager, verdict, instanceId });
    if (now - manager.createdAt < YOUNG_MS) return judge('young');
    const state = instances.get(instanceId);
    if (state === 'terminated') return judge('gone');
    if (state !== undefined) return judge('alive');
    const heardAt = Math.max(manager.createdAt, manager.contactedAt ?? 0);
    return judge(now - heardAt < OFFLINE_MS ? 'not-seen' : 'gone');
  });
}
