/** Inventories of one image. Perfect: everything is old, and nothing needs it. */
import type { Ami, Inventory, Snapshot } from '../../../lambda/housekeeper/core/images';

export const NOW = Date.parse('2026-11-21T05:00:00Z');
export const DAY = 24 * 60 * 60_000;
export const TAGS = { 'muster:environment': 'dev', 'muster:image': 'runner' };

/** An AMI baked so many nights ago, with a snapshot of its own. */
export const amiOf = (nights: number, changes: Partial<Ami> = {}): Ami => ({
  id: `ami-${nights}`,
  region: 'eu-central-1',
  name: `muster-dev-runner-${nights}`,
  state: 'available',
  createdAt: NOW - nights * DAY,
  tags: TAGS,
  snapshots: [`snap-${changes.id ?? `ami-${nights}`}`],
  ...changes,
});

/** Without the date, as EC2 might tell it. */
export function undated({ createdAt: _, ...ami }: Ami): Ami {
  return ami;
}

export const snapshotOf = (id: string, changes: Partial<Snapshot> = {}): Snapshot => ({
  id,
  region: 'eu-central-1',
  state: 'completed',
  startedAt: NOW - 9 * DAY,
  tags: TAGS,
  ...changes,
});

export const inventoryOf = (changes: Partial<Inventory> = {}): Inventory => ({
  environment: 'dev',
  image: 'runner',
  amis: [],
  snapshots: [],
  references: [],
  unread: [],
  ...changes,
});
