/** What the housekeeper says of what it did: one line for each fleet or image. */
import type { Reminder } from './core/list-reminders';
import type { ImageTidied } from './images/tidy-image';
import type { ManagersTidied } from './managers/tidy-managers';
import type { SecretsSwept } from './runners/jit-secrets';
import type { StoppedSeen } from './runners/remove-stopped';
import type { RunnersSwept } from './runners/sweep-runners';
import type { ImagesMode } from './settings';
import type { StuckEnded } from './stuck/end-stuck';

export interface Log {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
}

export function logManagers(log: Log, { fleet, judged, done, failures }: ManagersTidied): void {
  const fields = { fleet, task: 'managers', verdicts: countVerdicts(judged), removed: done, failures };
  if (failures.length > 0) log.warn(`${fleet}: ${failures.length} failures`, fields);
  else log.info(`${fleet}: ${done.length} of ${judged.length} managers removed`, fields);
}

function countVerdicts(judged: readonly { verdict: string }[]): Record<string, number> {
  const verdicts: Record<string, number> = {};
  for (const { verdict } of judged) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return verdicts;
}

export function logSwept(
  log: Log,
  { repository, judged, removed, stopped, later, failures }: RunnersSwept,
): void {
  const verdicts = countVerdicts(judged);
  const fields = { repository, task: 'runners', verdicts, removed, stopped, later, failures };
  const done = `${removed.length} runners removed, ${stopped.length} tasks stopped`;
  if (failures.length > 0) log.warn(`${repository}: ${failures.length} failures; ${done}`, fields);
  else log.info(`${repository}: ${done} of ${judged.length} runners`, fields);
}

/** Nothing is to be said of most runs. */
export function logSecrets(log: Log, { done, failures }: SecretsSwept): void {
  const fields = { task: 'runners', secretsRemoved: done, failures };
  if (failures.length > 0) log.warn(`${failures.length} failures with secrets of runners`, fields);
  else if (done.length > 0)
    log.warn(`${done.length} secrets deleted that no runner fetched for an hour`, fields);
}

export function logStopped(log: Log, { runner, outcome }: StoppedSeen): void {
  if (runner) log.info(`${runner}: its task has stopped: ${outcome}`, { task: 'runners', runner, outcome });
}

export function logEnded(log: Log, { fleet, verdict, unknown, done, failures }: StuckEnded): void {
  const fields = {
    fleet,
    task: 'stuck',
    ...(verdict ? { verdict } : {}),
    unknown,
    ended: done,
    ...(done.length > 0 ? { reason: 'runner-unknown' } : {}),
    failures,
  };
  if (done.length > 0)
    log.warn(
      `${fleet}: the CI does not know the runners of ${done.join(', ')}: drained and replaced`,
      fields,
    );
  else if (failures.length > 0) log.warn(`${fleet}: ${failures.length} failures`, fields);
  else if (verdict === 'implausible')
    log.warn(
      `${fleet}: the CI knows no runner though several are in service: nothing is judged by that`,
      fields,
    );
  else log.info(`${fleet}: the CI does not know ${unknown.length} runners`, fields);
}

export function logReminders(log: Log, reminders: readonly Reminder[]): void {
  const fields = { task: 'reminders', reminders };
  if (reminders.length > 0) log.warn(`${reminders.length} instances held or fleets paused`, fields);
  else log.info('nothing is held or paused', fields);
}

export function logImage(log: Log, mode: ImagesMode, tidied: ImageTidied): void {
  const { image, keep, remove, orphans, unread, done, failures } = tidied;
  const fields = {
    image,
    task: 'images',
    mode,
    keep: keep.map(({ ami, why }) => ({ id: ami.id, name: ami.name, why })),
    remove: remove.map(({ ami, snapshots }) => ({
      id: ami.id,
      name: ami.name,
      region: ami.region,
      snapshots,
    })),
    orphans: orphans.map(({ id }) => id),
    done,
    ...(unread.length > 0 ? { unread } : {}),
    ...(failures.length > 0 ? { failures } : {}),
  };
  const what = mode === 'delete' ? 'removed' : 'would be removed';
  const message = `${image}: ${remove.length} images ${what}, ${keep.length} kept`;
  if (unread.length > 0 || failures.length > 0) log.warn(message, fields);
  else log.info(message, fields);
}
