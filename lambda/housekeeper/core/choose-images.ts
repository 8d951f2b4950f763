import { IMAGE_TAGS } from '../settings';
import type { Ami, Choice, Inventory, Kept, Snapshot, Why } from './images';

/** A bake that is being proved is referenced by nothing yet; that takes minutes. */
const YOUNG_MS = 60 * 60_000;
/** A bake makes its snapshot long before its AMI, and tags both last. */
const YOUNG_SNAPSHOT_MS = 24 * 60 * 60_000;

interface Question {
  inventory: Inventory;
  now: number;
  /** Newest AMIs that stay in each region. */
  keep: number;
}

/** Which AMIs of an image stay, and why; which go, with which snapshots. AMIs that are not of this image are left out. */
export function chooseImages({ inventory, now, keep }: Question): Choice {
  const { amis, snapshots, references, unread } = inventory;
  const ours = amis.filter((ami) => isOf(inventory, ami)).sort(newestFirst);
  const isYoung = (at: number | undefined, limit: number) => at !== undefined && now - at < limit;

  const reasonsOf = (ami: Ami): Why[] => [
    ...references
      .filter(({ amiId }) => amiId === ami.id)
      .map(({ reason, detail }) => ({ reason, ...(detail === undefined ? {} : { detail }) })),
    ...(listNewest(ours, ami.region, keep).includes(ami) ? [{ reason: 'newest' as const }] : []),
    ...(isYoung(ami.createdAt, YOUNG_MS) ? [{ reason: 'young' as const }] : []),
    ...(ami.createdAt === undefined ? [{ reason: 'undated' as const }] : []),
    ...(ami.state === 'pending' ? [{ reason: 'unfinished' as const }] : []),
    ...unread.map((detail) => ({ reason: 'unknown' as const, detail })),
  ];
  const own = ours.map((ami): Kept => ({ ami, why: reasonsOf(ami) }));
  const stays = new Set(own.filter(({ why }) => why.length > 0).map(({ ami }) => ami.id));
  const all = own.map(({ ami, why }): Kept => {
    const source = ami.tags[IMAGE_TAGS.copyOf];
    if (source === undefined || !stays.has(source)) return { ami, why };
    return { ami, why: [...why, { reason: 'copy-of-kept', detail: source }] };
  });

  const kept = all.filter(({ why }) => why.length > 0);
  const goes = all.filter(({ why }) => why.length === 0).map(({ ami }) => ami);
  const needed = new Set(amis.filter((ami) => !goes.includes(ami)).flatMap((ami) => ami.snapshots));
  const used = new Set(amis.flatMap((ami) => ami.snapshots));
  const isOrphan = (snapshot: Snapshot) =>
    isOf(inventory, snapshot) &&
    !used.has(snapshot.id) &&
    snapshot.state === 'completed' &&
    snapshot.startedAt !== undefined &&
    !isYoung(snapshot.startedAt, YOUNG_SNAPSHOT_MS);
  return {
    keep: kept,
    remove: goes.map((ami) => ({ ami, snapshots: ami.snapshots.filter((id) => !needed.has(id)) })),
    orphans: unread.length > 0 ? [] : snapshots.filter(isOrphan),
  };
}

const isOf = ({ environment, image }: Inventory, { tags }: Pick<Ami, 'tags'>): boolean =>
  tags[IMAGE_TAGS.environment] === environment && tags[IMAGE_TAGS.image] === image;

/** The newest that can be launched: one that failed to be made is nothing to fall back on. */
function listNewest(newestFirstAmis: readonly Ami[], region: string, keep: number): Ami[] {
  return newestFirstAmis
    .filter((ami) => ami.region === region && ami.state === 'available' && ami.createdAt !== undefined)
    .slice(0, keep);
}

const newestFirst = (one: Ami, other: Ami): number =>
  (other.createdAt ?? Number.POSITIVE_INFINITY) - (one.createdAt ?? Number.POSITIVE_INFINITY) ||
  one.id.localeCompare(other.id);
