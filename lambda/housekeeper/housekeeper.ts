import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { SNSClient } from '@aws-sdk/client-sns';
import { forEach } from './for-each';
import { readGroups } from './groups/read-groups';
import type { ImageClients } from './images/read-inventory';
import { tidyImage } from './images/tidy-image';
import {
  type Log,
  logEnded,
  logImage,
  logManagers,
  logReminders,
  logSecrets,
  logStopped,
  logSwept,
} from './log-results';
import { type ManagerPorts, tidyManagers } from './managers/tidy-managers';
import { remind } from './reminders/remind';
import { sweepJitSecrets } from './runners/jit-secrets';
import { isTaskEvent, removeStopped } from './runners/remove-stopped';
import { type SweepPorts, sweepRunners } from './runners/sweep-runners';
import { type GitlabFleet, type ListedFleet, METRICS, type Settings, TASKS, type Task } from './settings';
import { endStuck } from './stuck/end-stuck';

export interface Ports extends Omit<ManagerPorts, 'ec2'>, ImageClients, SweepPorts {
  autoScaling: AutoScalingClient;
  sns: SNSClient;
  log: Log;
  publishMetric: (name: (typeof METRICS)[keyof typeof METRICS], count: number) => void;
}

/** Makes the housekeeper: a function that does one task and rejects, when all is done, if anything failed. */
export function createHousekeeper(settings: Settings, ports: Ports) {
  const { log, publishMetric, autoScaling } = ports;
  const { environment, region, fleets, images, imagesMode, topicArn, githubEcs } = settings;

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

  const sweepAllRunners = async (): Promise<string[]> => {
    if (!githubEcs) return [];
    const swept = await sweepRunners(ports, environment, githubEcs);
    for (const each of swept) logSwept(log, each);
    const secrets = await sweepJitSecrets(
      ports,
      githubEcs.rules.map(({ jitSecretPrefix }) => jitSecretPrefix),
    );
    logSecrets(log, secrets);
    publishMetric(
      METRICS.runnersRemoved,
      swept.reduce((sum, { removed }) => sum + removed.length, 0),
    );
    publishMetric(
      METRICS.tasksStopped,
      swept.reduce((sum, { stopped }) => sum + stopped.length, 0),
    );
    return [
      ...swept.flatMap(({ repository, failures }) => failures.map((failure) => `${repository}: ${failure}`)),
      ...secrets.failures,
    ];
  };

  const heedStopped = async (event: unknown): Promise<void> => {
    if (!githubEcs) return;
    const seen = await removeStopped(ports, { environment, githubEcs }, event);
    logStopped(log, seen);
    if (seen.outcome === 'removed') publishMetric(METRICS.runnersRemoved, 1);
  };

  const tasks: Record<Task, () => Promise<string[]>> = {
    managers: tidyAllManagers,
    images: tidyAllImages,
    stuck: endAllStuck,
    reminders: remindOfAll,
    runners: sweepAllRunners,
  };

  return async function runTask(event: unknown): Promise<void> {
    if (isTaskEvent(event)) return heedStopped(event);
    const failures = await tasks[toTask(event)]();
    if (failures.length > 0) throw new Error(`Not everything could be done:\n${failures.join('\n')}`);
  };
}

const count = (results: readonly { done: readonly string[] }[]) =>
  results.reduce((sum, { done }) => sum + done.length, 0);

function toTask(event: unknown): Task {
  const task = (event as { task?: unknown } | null)?.task;
  const known = TASKS.find((name) => name === task);
  if (known) return known;
  throw new Error(`The event says task ${JSON.stringify(task)}; known are ${TASKS.join(', ')}.`);
}
