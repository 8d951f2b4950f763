/** One pin: what is released, and the text of its file with the newest of it. */
import { createHash } from 'node:crypto';
import type { Pinned } from './pin-files';
import type { Source } from './sources';
import { chooseNewest } from './versions';

/** Requests of a vendor; throws when it does not answer. */
export type Get = (address: string, method?: 'GET' | 'HEAD') => Promise<Response>;

export interface Bumped {
  name: string;
  from: string;
  to: string;
  /** The file with the pin raised; the same text when nothing changed. */
  text: string;
  /** What somebody should know: a later major version, checksums that nobody publishes. */
  notes: string[];
}

/** @throws Error that says what was wrong; the pin stays then */
export async function bumpPin(source: Source, text: string, get: Get): Promise<Bumped> {
  const { name, pin, versions, sums, address } = source;
  const pinned = pin.read(text);
  // Left out of the bake on purpose.
  if (pinned.version === 'none') return { name, from: 'none', to: 'none', text, notes: ['left out'] };

  const released = await readFeed(versions, get);
  if (released.length === 0) throw new Error(`${versions.address} names no release`);
  const { version, major } = chooseNewest(pinned.version, released);
  const notes = major ? [`${major} is out: raise the major version by hand`] : [];
  const unchanged = version === pinned.version;
  const complete = Object.values(pinned.sums).every((sum) => sum !== '');
  const found: Record<string, string> = {};
  for (const arch of Object.keys(pinned.sums)) {
    const download = address?.(text, version, arch);
    if (sums) {
      found[arch] = await readSum(sums(version, arch), get);
      // A feed can be ahead of what it tells of.
      if (download && !unchanged) await get(download, 'HEAD');
    } else if (unchanged && complete) found[arch] = pinned.sums[arch] ?? '';
    else found[arch] = await sumDownload(download ?? '', get);
  }
  if (unchanged) verifyUnchanged(pinned, found);
  if (!sums && !(unchanged && complete))
    notes.push('no checksum is published: this is of one download, compare it with one from another network');
  return { name, from: pinned.version, to: version, text: pin.write(text, { version, sums: found }), notes };
}

/** What was released once must not become something else. */
function verifyUnchanged(pinned: Pinned, found: Readonly<Record<string, string>>): void {
  for (const [arch, sum] of Object.entries(pinned.sums)) {
    if (sum !== '' && found[arch] !== sum) {
      throw new Error(
        `version ${pinned.version} for ${arch} is pinned as ${sum}, but the vendor says ${found[arch]}: find out who changed it`,
      );
    }
  }
}

async function readFeed<T>(feed: { address: string; parse: (text: string) => T }, get: Get): Promise<T> {
  const text = await (await get(feed.address)).text();
  try {
    return feed.parse(text);
  } catch (cause) {
    throw new Error(`${feed.address} is not what it was: ${(cause as Error).message}`, { cause });
  }
}

async function readSum(
  { address, parse, file }: ReturnType<NonNullable<Source['sums']>>,
  get: Get,
): Promise<string> {
  const sum = (await readFeed({ address, parse }, get)).get(file);
  if (!sum || !/^[0-9a-f]{64}$/.test(sum)) throw new Error(`${address} has no checksum of ${file}`);
  return sum;
}

async function sumDownload(address: string, get: Get): Promise<string> {
  const { body } = await get(address);
  if (!body) throw new Error(`${address} is empty`);
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk);
  return hash.digest('hex');
}
