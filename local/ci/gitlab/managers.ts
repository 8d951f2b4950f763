/** Runner managers: a row for each machine that uses a runner's token. */
import { type GitlabState, type Manager, nextId, type Runner } from './state';

/** GitLab writes a contact to its database only when the last one is older than this, drawn anew each time. */
const CONTACT_EVERY_MINUTES = { least: 40, most: 55 };
/** Without contact for this long a runner is shown as offline. */
const ONLINE_HOURS = 2;

/** A machine made contact: its row appears, or its contact is written if the last one is old enough. */
export function meet(
  state: GitlabState,
  runner: Runner,
  seen: Pick<Manager, 'systemId' | 'version' | 'ip'>,
): Manager {
  const now = state.now();
  const found = state.managers.find(
    ({ runnerId, systemId }) => runnerId === runner.id && systemId === seen.systemId,
  );
  if (!found) {
    const manager = { id: nextId(state), runnerId: runner.id, createdAt: now, contactedAt: now, ...seen };
    state.managers.push(manager);
    return manager;
  }
  const { least, most } = CONTACT_EVERY_MINUTES;
  const minutes = least + Math.random() * (most - least);
  if (now - found.contactedAt >= minutes * 60_000) Object.assign(found, seen, { contactedAt: now });
  return found;
}

/** Whether there was such a row. */
export function forget(state: GitlabState, runner: Runner, systemId: string): boolean {
  const before = state.managers.length;
  state.managers = state.managers.filter(
    (manager) => manager.runnerId !== runner.id || manager.systemId !== systemId,
  );
  return state.managers.length < before;
}

export const toManagerView = (state: GitlabState, manager: Manager) => {
  const isBusy = state.queue.jobs.some(
    (job) =>
      job.state === 'running' && job.runnerId === manager.runnerId && job.systemId === manager.systemId,
  );
  return {
    id: manager.id,
    system_id: manager.systemId,
    version: manager.version,
    revision: '00000000',
    platform: 'linux',
    architecture: 'amd64',
    created_at: new Date(manager.createdAt).toISOString(),
    contacted_at: new Date(manager.contactedAt).toISOString(),
    ip_address: manager.ip,
    status: state.now() - manager.contactedAt <= ONLINE_HOURS * 3_600_000 ? 'online' : 'offline',
    job_execution_status: isBusy ? 'active' : 'idle',
  };
};
