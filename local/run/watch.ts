import { type AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { ask } from './ci/ask';
import type { LocalCis } from './ci/local-cis';
import type { FleetSample, GroupEvent, JobRecord, RunRecord, Sample } from './record';

interface Ports {
  autoScaling: AutoScalingClient;
  cis: Pick<LocalCis, 'readJobs'>;
  /** As this process reaches it. */
  awsUrl: string;
}

export type Fleets = RunRecord['fleets'];

const toSeconds = (moment: string | number | null, start: number): number | null =>
  moment === null ? null : (new Date(moment).getTime() - start) / 1000;

export async function readJobs({ cis }: Pick<Ports, 'cis'>, start: number): Promise<JobRecord[]> {
  const jobs = await cis.readJobs();
  return jobs.map((job) => ({
    ...job,
    fleet: job.fleet ?? 'none',
    queuedAt: toSeconds(job.queuedAt, start) ?? 0,
    startedAt: toSeconds(job.startedAt, start),
    finishedAt: toSeconds(job.finishedAt, start),
  }));
}

export async function readEvents({ awsUrl }: Pick<Ports, 'awsUrl'>, start: number): Promise<GroupEvent[]> {
  type Answer = { events: (Omit<GroupEvent, 'at'> & { time: string })[] };
  const { events } = (await ask(`${awsUrl}/_local/events?since=0`)) as Answer;
  return events.map(({ time, ...event }) => ({ ...event, at: toSeconds(time, start) ?? 0 }));
}

const countStates = (states: string[], prefix: string) =>
  states.filter((state) => state.startsWith(prefix)).length;

export async function readSample(ports: Ports, fleets: Fleets, start: number, now: number): Promise<Sample> {
  const [jobs, { AutoScalingGroups: groups = [] }] = await Promise.all([
    readJobs(ports, start),
    ports.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: fleets.map(({ group }) => group) }),
    ),
  ]);
  const samples = fleets.map(({ name, group }): FleetSample => {
    const found = groups.find(({ AutoScalingGroupName }) => AutoScalingGroupName === group);
    const states = (found?.Instances ?? []).map(({ LifecycleState }) => LifecycleState ?? '');
    const mine = jobs.filter((job) => job.fleet === name);
    return {
      fleet: name,
      queued: mine.filter(({ state }) => state === 'queued').length,
      running: mine.filter(({ state }) => state === 'running').length,
      desired: found?.DesiredCapacity ?? 0,
      pending: countStates(states, 'Pending'),
      inService: countStates(states, 'InService'),
      terminating: countStates(states, 'Terminating'),
    };
  });
  return { at: (now - start) / 1000, fleets: samples };
}

/** Every job has ended and no instance is there or asked for. */
export const isDone = ({ fleets }: Sample): boolean =>
  fleets.every(
    ({ queued, running, desired, pending, inService, terminating }) =>
      queued + running + desired + pending + inService + terminating === 0,
  );
