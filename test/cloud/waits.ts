/** What stories wait for, each with its limit in seconds. */
import type { GroupEvent, JobRecord } from '../../local/run/record';
import { until as untilSeen } from '../local/until';
import type { World } from './world';

/** What these take on a quiet machine with two cores, and some. */
export const SECONDS = { boot: 150, job: 90, leave: 90, night: 300 };

/** A limit is there to end a story that hangs: a virtual machine may get half of its CPU, or a third. */
const PATIENCE = 3;

/** Looks twice a second: many stories look at one local cloud, which has better things to do. */
export const until = <T>(
  what: string,
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  seconds: number,
): Promise<T> => untilSeen(what, look, holds, PATIENCE * seconds, { everyMs: 500 });

export const one = (seconds: number, command?: string) => [
  { name: 'job', seconds, ...(command ? { command } : {}) },
];

export const jobOf = async ({ jobs }: World, fleet: string): Promise<JobRecord> => {
  const [job] = await jobs(fleet);
  if (!job) throw new Error(`The CI has no job for ${fleet}.`);
  return job;
};

export const untilRunning = (world: World, fleet: string) =>
  until(
    `a job of ${fleet} runs`,
    () => jobOf(world, fleet),
    ({ state }) => state === 'running',
    SECONDS.boot,
  );

export const untilEnded = (world: World, fleet: string, state: JobRecord['state'], seconds = SECONDS.boot) =>
  until(
    `the jobs of ${fleet} are ${state}`,
    () => world.jobs(fleet),
    (jobs) => jobs.length > 0 && jobs.every((job) => job.state === state),
    seconds,
  );

export const untilEmpty = (world: World, fleet: string, seconds = SECONDS.leave) =>
  until(
    `${fleet} is back at zero`,
    () => world.group(fleet),
    ({ DesiredCapacity, Instances = [] }) => DesiredCapacity === 0 && Instances.length === 0,
    seconds,
  );

export const reasonsOf = async (world: World, fleet: string) =>
  new Set((await world.decisions(fleet)).map(({ reason }) => reason));

export const untilReason = (world: World, fleet: string, reason: string, seconds = SECONDS.boot) =>
  until(
    `the scaler says ${reason} of ${fleet}`,
    () => reasonsOf(world, fleet),
    (seen) => seen.has(reason),
    seconds,
  );

export const instancesOf = async (world: World, fleet: string) => {
  const events = await world.events(fleet);
  return new Set(
    events.flatMap(({ event, instanceId }) => (event === 'launching' && instanceId ? [instanceId] : [])),
  );
};

export const jobNamed = async ({ jobs }: World, fleet: string, name: string): Promise<JobRecord> => {
  const job = (await jobs(fleet)).find((candidate) => candidate.name === name);
  if (!job) throw new Error(`The CI has no job ${name} for ${fleet}.`);
  return job;
};

/** The group's last word on an instance. */
export const untilGone = async (world: World, fleet: string, instance: string) => {
  const ends = await until(
    `${instance} of ${fleet} is gone`,
    async () =>
      (await world.events(fleet)).filter(
        ({ event, instanceId }) => event === 'terminated' && instanceId === instance,
      ),
    (events) => events.length > 0,
    SECONDS.leave,
  );
  return ends[0] as GroupEvent;
};
