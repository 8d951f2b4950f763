/** `nomad node drain`, `node status` and `node eligibility`, for the node of this machine (-self). */
import { setTimeout as sleep } from 'node:timers/promises';
import { askApi, Refused, readOwnNodeId } from './api';
import type { Flags } from './parse-flags';

const NS_PER_MS = 1_000_000;
const POLL_MS = 300;

interface Node {
  ID: string;
  DrainStrategy: object | null;
}

function verifySelf(flags: Flags): void {
  if (!flags.self) throw new Refused("Node ID must be specified if -self isn't being used");
}

/** Nanoseconds, as the API counts: -1 s is force, 0 is none. */
function toDeadline({ deadline, force, 'no-deadline': none }: Flags): number {
  if (deadline && (force || none))
    throw new Refused("-deadline can't be combined with -force or -no-deadline");
  if (force) return -1000 * NS_PER_MS;
  if (none) return 0;
  const [, count = '', unit = ''] = /^(\d+)(s|m|h)$/.exec(deadline ?? '1h') ?? [];
  const ms = Number(count) * ({ s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? 0);
  if (!ms) throw new Refused('A positive drain duration must be given');
  return ms * NS_PER_MS;
}

/** Sets the drain, and watches until it is over: whatever then becomes of the node, it ends well. */
export async function drainNode(flags: Flags): Promise<void> {
  verifySelf(flags);
  if (flags.enable === flags.disable)
    throw new Refused("Either the '-enable' or '-disable' flag must be set, unless using '-monitor'");
  const id = await readOwnNodeId();
  const spec = flags.enable
    ? { Deadline: toDeadline(flags), IgnoreSystemJobs: flags['ignore-system'] === 'true' }
    : null;
  await askApi('PUT', `node/${id}/drain`, {
    NodeID: id,
    DrainSpec: spec,
    MarkEligible: !flags['keep-ineligible'],
    Meta: flags.m ? { message: flags.m } : {},
  });
  console.log(`Node "${id}" drain strategy ${spec ? 'set' : 'unset'}`);
  if (!spec || flags.detach) return;
  for (;;) {
    await sleep(POLL_MS);
    try {
      const node = (await askApi('GET', `node/${id}`)) as Node;
      const allocations = (await askApi('GET', `node/${id}/allocations`)) as { ClientStatus: string }[];
      const live = allocations.filter(({ ClientStatus }) => /^(pending|running)$/.test(ClientStatus));
      if (node.DrainStrategy || live.length > 0) continue;
      return console.log(`All allocations on node "${id}" have stopped`);
    } catch (error) {
      // As the real one: told, and no failure.
      return console.error(`Error monitoring drain: ${(error as Error).message}`);
    }
  }
}

export async function showNode(flags: Flags): Promise<void> {
  verifySelf(flags);
  console.log(JSON.stringify(await askApi('GET', `node/${await readOwnNodeId()}`), null, 2));
}

export async function setEligibility(flags: Flags): Promise<void> {
  verifySelf(flags);
  const id = await readOwnNodeId();
  const eligibility = flags.enable ? 'eligible' : 'ineligible';
  await askApi('POST', `node/${id}/eligibility`, { NodeID: id, Eligibility: eligibility });
  console.log(
    `Node "${id}" scheduling eligibility set: ${flags.enable ? 'eligible' : 'ineligible'} for scheduling`,
  );
}
