import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { toGroups } from '../../config/groups';
import { groupName } from '../../config/names';
import type { Config } from '../../config/schema';
import { readGroups } from '../../lambda/housekeeper/groups/read-groups';
import { toHeldIds } from '../../lambda/housekeeper/reminders/read-aside';
import { ExpectedError } from '../expected-error';
import { verifyRemovedFleets } from './verify-removed-fleets';

/**
 * A held instance is never ended, so that neither this script nor Terraform would see its group empty: nor that of a
 * fleet that has left the config but not the environment.
 */
export async function verifyNoneHeld(autoScaling: AutoScalingClient, config: Config): Promise<string> {
  const { environment } = config;
  await verifyRemovedFleets(autoScaling, config);
  const groups = await readGroups(
    autoScaling,
    toGroups(config).map(({ name }) => groupName(environment, name)),
  );
  const held = groups.flatMap(toHeldIds);
  if (held.length === 0) return 'none';
  throw new ExpectedError(
    `Held instances are never ended, so the fleets would never be empty. Release them first:\n${held.map((id) => `  make release ENV=${environment} INSTANCE=${id}`).join('\n')}`,
  );
}
