import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { SNSClient } from '@aws-sdk/client-sns';
import { readGroups } from './groups/read-groups';
import type { ImageClients } from './images/read-inventory';
import { tidyImage } from './images/tidy-image';
import { type Log, logEnded, logImage, logManagers, logReminders } from './log-results';
import { type ManagerPorts, tidyManagers } from './managers/tidy-managers';
import type { PublishMetric } from './metrics';
import { remind } from './reminders/remind';
import { type GitlabFleet, type ListedFleet, METRICS, type Settings, TASKS, type Task } from './settings';
import { endStuck } from './stuck/end-stuck';

export interface Ports extends Omit<ManagerPorts, 'ec2'>, ImageClients {
  autoScaling: AutoScalingClient;
  sns: SNSClient;
  log: Log;
  publishMetric: PublishMetric;
}

/** Fleets asked at once: each waits for its CI. */
const AT_ONCE = 5;

/** Makes the housekeeper: a function that does one task and rejects, when all is done, if anything failed. */
export function createHousekeeper(settings: Settings, ports: Ports) {
  const { log, publishMetric, autoScaling } = ports;
  const { environment, region, fleets, images, imagesMode, topicArn } = settings;

  const tidyAllManagers = async (): Promise<string[]> => {
    const ofGitlab = fleets.filter((fleet): fleet is GitlabFleet => fleet.ci === 'gitlab');
    const tidied = await forEach(ofGitlab, (fleet) =>
      tidyManagers({ ...ports, ec2: ports.ec2(region) }, fleet),
    );
    for (const each of tidied) logManagers(log, each);
    publishMetric(METRICS.managersRemoved, count(tidied));
    return tidied.flatMap(({ fleet, failures }) => failures.map((failure) => `${fleet}: ${failure}`));
  };

  const tidyAllImages = async (): Promise<string[]> => {
    const question = { now: ports.now(), mode: imagesMode };
    const tidied = [];
    for (const image of images) tidied.push(await tidyImage(ports, { environment, region }, image, question));
    for (const each of tidied) logImage(log, imagesMode, each);
    publishMetric(METRICS.imagesRemoved, count(tidied));
    return tidied.flatMap(({ image, unread, failures }) =>
      [...unread, ...failures].map((failure) => `${image}: ${failure}`),
    );
  };

  const endAllStuck = async (): Promise<string[]> => {
    const listed = fleets.filter((fleet): fleet is ListedFleet => fleet.ci !== 'unlisted');
    const groups = await readGroups(
      autoScaling,
      listed.map(({ group }) => group),
    );
    const ended = await forEach(listed, (fleet) =>
      endStuck(
        ports,
        fleet,
        groups.find(({ AutoScalingGroupName }) => AutoScalingGroupName === fleet.group),
      ),
    );
    for (const each of ended) logEnded(log, each);
    publishMetric(METRICS.stuckEnded, count(ended));
    return ended.flatMap(({ fleet, failures }) => failures.map((failure) => `${fleet}: ${failure}`));
  };

  const remindOfAll = async (): Promise<string[]> => {
    const reminders = await remind({ ...ports, ec2: ports.ec2(region) }, { environment, topicArn, fleets });
    logReminders(log, reminders);
    return [];
  };

  const tasks: Record<Task, () => Promise<string[]>> = {
    managers: tidyAllManagers,
    images: tidyAllImages,
    stuck: endAllStuck,
    reminders: remindOfAll,
    runners: async () => [],
  };

  return async function runTask(event: unknown): Promise<void> {
    const failures = await tasks[toTask(event)]();
    if (failures.length > 0) throw new Error(`Not everything could be done:\n${failures.join('\n')}`);
  };
}

async function forEach<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = [...all];
  const workOff = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) results.push(await work(one));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workOff));
  return results;
}

const count = (results: readonly { done: readonly string[] }[]) =>
  results.reduce((sum, { done }) => sum + done.length, 0);

function toTask(event: unknown): Task {
  const task = (event as { task?: unknown } | null)?.task;
  const known = TASKS.find((name) => name === task);
  if (known) return known;
  throw new Error(`The event says task ${JSON.stringify(task)}; known are ${TASKS.join(', ')}.`);
}
