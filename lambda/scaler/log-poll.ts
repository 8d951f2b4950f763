import type { Reason } from './core/reasons';
import type { FleetState, Poll } from './fleet-state';
import type { Log } from './ports';

/** One line on every change of decision or trouble, and one when `always`. */
export function logPoll(fleet: FleetState, poll: Poll, always: 'always' | 'on-change', log: Log): boolean {
  const { demand, capacity, decision, troubles, failure, fallbackUntil, everyMs } = poll;
  const { kind, reason } = decision;
  const to = 'to' in decision ? decision.to : undefined;
  const notes = toNotes(poll);
  const now = [
    kind,
    reason,
    to,
    ...notes,
    ...troubles.map((trouble) => `${trouble.reason} ${trouble.problem}`),
  ].join(' ');
  const changed = now !== fleet.logged;
  fleet.logged = now;
  if (!changed && always === 'on-change') return false;

  const fields = {
    fleet: fleet.settings.name,
    decision: kind,
    ...(to === undefined ? {} : { to }),
    reason,
    ...(decision.want === undefined ? {} : { want: decision.want }),
    ...(demand.kind === 'known' ? { queued: demand.queued, running: demand.running } : {}),
    ...(demand.kind === 'partial' ? { queuedAtLeast: demand.queued, runningAtLeast: demand.running } : {}),
    ...(capacity.kind === 'known'
      ? {
          desired: capacity.desired,
          inService: capacity.inService.length,
          pending: capacity.pending.length,
          ...(reason === 'suspended' ? { suspended: capacity.suspended } : {}),
          ...(capacity.held.length > 0 ? { held: capacity.held } : {}),
          ...(capacity.paused?.since === undefined ? {} : { pausedSince: toIso(capacity.paused.since) }),
        }
      : {}),
    ...(failure ? { launchProblem: failure.problem, launch: failure.message } : {}),
    ...(fallbackUntil === undefined
      ? {}
      : { purchase: 'spot-fallback' satisfies Reason, onDemandUntil: toIso(fallbackUntil) }),
    ...(demand.kind === 'known' || troubles.length > 0 ? {} : { demand: demand.problem }),
    ...(everyMs === undefined ? {} : { pollSeconds: Math.round(everyMs / 1000) }),
    ...(troubles.length > 0 ? { troubles } : {}),
  };
  const message = [
    `${fleet.settings.name}: ${kind}${to === undefined ? '' : ` to ${to}`}`,
    reason,
    ...notes,
  ].join(', ');
  if (troubles.length > 0) log.warn(message, fields);
  else log.info(message, fields);
  return true;
}

/** What goes on beside the decision, and must not be forgotten while it does. */
function toNotes({ capacity, failure, fallbackUntil }: Poll): string[] {
  const held = capacity.kind === 'known' ? capacity.held : [];
  return [
    ...(held.length > 0 ? [`held: ${held.join(' ')}`] : []),
    ...(fallbackUntil === undefined ? [] : ['spot-fallback' satisfies Reason]),
    ...(failure ? [`launch failed: ${failure.problem}`] : []),
  ];
}

const toIso = (ms: number): string => new Date(ms).toISOString();
