/** What `make images` shows. */
import { TAGS } from '../../config/names';
import type { Choice, Inventory, Kept } from '../../lambda/housekeeper/core/images';
import { toColumns } from '../to-columns';
import { toVersion } from './version';

const HEAD = ['VERSION', 'AMI', 'CREATED', 'COMMIT', 'CONTRACT', 'STATE', 'STAYS BECAUSE'];

/** Rows of text in columns, the newest first; an AMI that nothing needs says what becomes of it. */
export function toTable(inventory: Inventory, { keep, remove }: Choice): string[] {
  const all: Kept[] = [...keep, ...remove.map(({ ami }) => ({ ami, why: [] }))];
  all.sort((one, other) => (other.ami.createdAt ?? 0) - (one.ami.createdAt ?? 0));
  const rows = all.map(({ ami, why }) => [
    toVersion(inventory, ami.name),
    ami.tags[TAGS.copyOf] ? `${ami.id} (${ami.region})` : ami.id,
    ami.createdAt === undefined ? '?' : new Date(ami.createdAt).toISOString().slice(0, 16).replace('T', ' '),
    ami.tags[TAGS.commit] ?? '?',
    ami.tags[TAGS.contract] ?? '?',
    ami.state,
    why.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ') ||
      'nothing: housekeeping removes it',
  ]);
  return toColumns(HEAD, rows);
}
