import type { ImageClients } from './images/read-inventory';
import { type ImageTidied, tidyImage } from './images/tidy-image';
import { type ManagerPorts, type ManagersTidied, tidyManagers } from './managers/tidy-managers';
import type { PublishMetric } from './metrics';
import { type ImagesMode, METRICS, type Settings, TASKS, type Task } from './settings';

export interface Log {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
}

export interface Ports extends Omit<ManagerPorts, 'ec2'>, ImageClients {
  log: Log;
  publishMetric: PublishMetric;
}

/** Fleets asked at once: each waits for its GitLab. */
const AT_ONCE = 5;

/** Makes the housekeeper: a function that does one task and rejects, when all is done, if anything failed. */
export function createHousekeeper(settings: Settings, ports: Ports) {
  const { log, publishMetric } = ports;
  const { environment, region, fleets, images, imagesMode } = settings;

  const tidyAllManagers = async (): Promise<string[]> => {
    const tidied: ManagersTidied[] = [];
    const left = [...fleets];
    const work = async () => {
      for (let fleet = left.shift(); fleet; fleet = left.shift())
        tidied.push(await tidyManagers({ ...ports, ec2: ports.ec2(region) }, fleet));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    for (const each of tidied) logManagers(log, each);
    publishMetric(METRICS.managersRemoved, count(tidied));
    return tidied.flatMap(({ fleet, failures }) => failures.map((failure) => `${fleet}: ${failure}`));
  };

  const tidyAllImages = async (): Promise<string[]> => {
    const tidied: ImageTidied[] = [];
    for (const image of images) {
      const question = { now: ports.now(), mode: imagesMode };
      tidied.push(await tidyImage(ports, { environment, region }, image, question));
    }
    for (const each of tidied) logImage(log, imagesMode, each);
    publishMetric(METRICS.imagesRemoved, count(tidied));
    return tidied.flatMap(({ image, unread, failures }) =>
      [...unread, ...failures].map((failure) => `${image}: ${failure}`),
    );
  };

  return async function runTask(event: unknown): Promise<void> {
    const failures = await { managers: tidyAllManagers, images: tidyAllImages }[toTask(event)]();
    if (failures.length > 0) throw new Error(`Not everything could be tidied up:\n${failures.join('\n')}`);
  };
}

const count = (tidied: readonly { done: readonly string[] }[]) =>
  tidied.reduce((sum, { done }) => sum + done.length, 0);

function toTask(event: unknown): Task {
  const task = (event as { task?: unknown } | null)?.task;
  const known = TASKS.find((name) => name === task);
  if (known) return known;
  throw new Error(`The event says task ${JSON.stringify(task)}; known are ${TASKS.join(' and ')}.`);
}

function logManagers(log: Log, { fleet, judged, done, failures }: ManagersTidied): void {
  const verdicts: Record<string, number> = {};
  for (const { verdict } of judged) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const fields = { fleet, task: 'managers', verdicts, removed: done, failures };
  if (failures.length > 0) log.warn(`${fleet}: ${failures.length} failures`, fields);
  else log.info(`${fleet}: ${done.length} of ${judged.length} managers removed`, fields);
}

function logImage(log: Log, mode: ImagesMode, tidied: ImageTidied): void {
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
