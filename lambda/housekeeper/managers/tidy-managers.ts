import type { EC2Client } from '@aws-sdk/client-ec2';
import { chooseManagers, type Judged } from '../core/choose-managers';
import { toInstanceId } from '../core/system-id';
import { readInstanceStates } from '../read-instances';
import type { GitlabFleet } from '../settings';
import { deleteManager } from './ask-gitlab';
import { type ReadManagersPorts, readManagers } from './read-managers';

export interface ManagerPorts extends ReadManagersPorts {
  ec2: EC2Client;
  now: () => number;
}

export interface ManagersTidied {
  fleet: string;
  judged: readonly Judged[];
  /** System ids that were removed. */
  done: string[];
  failures: string[];
}

/** One fleet: removes the managers whose instance is gone, and only those. Never throws. */
export async function tidyManagers(
  { fetch, ec2, readToken, now }: ManagerPorts,
  fleet: GitlabFleet,
): Promise<ManagersTidied> {
  const tidied: ManagersTidied = { fleet: fleet.name, judged: [], done: [], failures: [] };
  try {
    const managers = await readManagers({ fetch, readToken }, fleet);
    const ids = managers.flatMap(({ systemId }) => toInstanceId(systemId) ?? []);
    // Only when the whole list was read: what EC2 did not answer is no instance that is gone.
    const instances = await readInstanceStates(ec2, ids);
    tidied.judged = chooseManagers({ managers, instances, now: now() });

    const gone = tidied.judged.filter(({ verdict }) => verdict === 'gone');
    if (gone.length === 0) return tidied;
    const token = await readToken(fleet.runnerTokenSecret);
    for (const { manager, instanceId } of gone) {
      try {
        await deleteManager(fetch, { baseUrl: fleet.baseUrl, token, systemId: manager.systemId });
        tidied.done.push(manager.systemId);
      } catch (error) {
        tidied.failures.push(`manager ${manager.systemId} of ${instanceId}: ${(error as Error).message}`);
      }
    }
  } catch (error) {
    tidied.failures.push(`${(error as Error).name}: ${(error as Error).message}`);
  }
  return tidied;
}
