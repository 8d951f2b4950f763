/** An environment of this folder, deployed for real on a local cloud, and what a story needs to play in it. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { groupName, instanceLogGroup, scalerName } from '../../config/names';
import type { Config } from '../../config/schema';
import { type Cloud, startCloud } from '../../local/cloud';
import { PROJECT_DIR } from '../../local/cloud/layout';
import { cleanStaleRuns } from '../../local/cloud/stale-runs';
import { withLock } from '../../local/machines/lock';
import { bakeImages } from '../../local/run/bake-images';
import { bringUp } from '../../local/run/bring-up';
import { ask } from '../../local/run/ci/ask';
import type { FleetTokens } from '../../local/run/ci/local-ci';
import { type CiName, makeLocalCis, toCiUrls } from '../../local/run/ci/local-cis';
import { writeConfig } from '../../local/run/config';
import { readDecisions } from '../../local/run/decisions';
import { type LocalEnvironment, operate } from '../../local/run/environment';
import { toTask } from '../../local/run/jobs';
import { makeClients } from '../../local/run/operator';
import type { DecisionRecord, GroupEvent, JobRecord } from '../../local/run/record';
import { makeSteps } from '../../local/run/steps';
import { readEvents, readJobs } from '../../local/run/watch';

export interface Fault {
  service: string;
  operation: string;
  status: number;
  code: string;
  message: string;
  /** How often; null: until removed. */
  count: number | null;
  /** Part of the request, such as a group's name. */
  resource: string;
}

export interface Call {
  principal: string;
  service: string;
  operation: string;
  status: number;
}

export interface World {
  config: Config;
  cloud: Cloud;
  runDir: string;
  local: LocalEnvironment;
  /** Every token that was given to `make secrets`. */
  tokens: string[];
  /** Root directories of the images. */
  rootfs: string[];
  enqueue(fleet: string, jobs: { name: string; seconds: number; command?: string }[]): Promise<void>;
  jobs(fleet: string): Promise<JobRecord[]>;
  group(fleet: string): Promise<AutoScalingGroup>;
  setDesired(fleet: string, desired: number): Promise<void>;
  events(fleet: string): Promise<GroupEvent[]>;
  decisions(fleet: string): Promise<DecisionRecord[]>;
  /** When the scaler was called, in seconds as all else. */
  minutes(): Promise<number[]>;
  /** What a role has asked AWS for. */
  calls(principal: string): Promise<Call[]>;
  /** What the fleet's instances sent to their log group. */
  journal(fleet: string): Promise<string>;
  /** Every line of a log group. */
  readLog(group: string): Promise<string>;
  /** What the scaler's invocations printed. */
  scalerLog(): Promise<string>;
  askCi(ci: CiName, method: string, path: string, body: unknown): Promise<void>;
  /** What the runners of the fleets have left at GitLab. */
  leftovers(): Promise<string[]>;
  /** Moves the clock of AWS and its functions, not those of machines and CIs; answers where it is, in milliseconds. */
  advance(seconds: number): Promise<number>;
  /** Options of the local AWS. */
  setOptions(options: Record<string, unknown>): Promise<void>;
  /** Runs a script of the operator; answers what it printed. */
  operate(script: string, variables?: Record<string, string>): Promise<string>;
  /** Breaks a call; the answer mends it again. */
  break(fault: Fault): Promise<() => Promise<void>>;
  /** Destroys everything, unless that was done, and ends the cloud. */
  stop(found?: 'deployed' | 'destroyed'): Promise<void>;
}

type Clock = Pick<World, 'advance'>;

interface Wishes {
  /** How many machines are up at once, at most: `few` are six. Default: many. */
  machines?: 'few' | 'many';
  /** Tells the CIs less, or other tokens, than the secrets say. */
  misinform?: (tokens: FleetTokens[]) => FleetTokens[];
  /** Before anything is deployed. */
  prepare?: (clock: Clock) => Promise<void>;
}

/**
 * One world of many machines at a time: the kernel gives all machines of a host together 128 instances of inotify, a booted systemd takes
 * about six, and a machine that gets none is off again at once. The answer ends the turn.
 */
async function takeTurn(): Promise<() => void> {
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  await new Promise<void>((begin, fail) => {
    const lock = join(PROJECT_DIR, '.muster', 'world.lock');
    const hold = async () => {
      begin();
      await left;
    };
    withLock(lock, () => {}, hold).catch(fail);
  });
  return leave;
}

/** A config of this folder, deployed. */
export async function makeWorld(
  environment: string,
  { machines = 'many', misinform = (tokens) => tokens, prepare }: Wishes = {},
): Promise<World> {
  const runs = join(PROJECT_DIR, '.muster', 'run');
  const runDir = join(runs, `${environment}-${process.pid}`);
  mkdirSync(runDir, { recursive: true });
  await cleanStaleRuns(runs);
  const { signal } = new AbortController();
  const print = (line: string) => appendFileSync(join(runDir, 'steps.log'), `${line}\n`);
  const config = writeConfig({
    source: join(__dirname, 'config'),
    target: join(runDir, 'config'),
    environment,
  });
  const steps = makeSteps({ now: Date.now, print, signal });
  const baked = await bakeImages(config, { steps, signal, print });
  const leave = machines === 'many' ? await takeTurn() : () => {};
  const cloud = await startCloud({ runDir, onLog: (line) => print(line) }).catch((error) => {
    leave();
    throw error;
  });
  const stopCloud = () => cloud.stop().finally(leave);
  try {
    const cis = makeLocalCis(config, toCiUrls(cloud));
    const { awsEndpointUrl: awsUrl, githubUrl } = cloud;
    const local: LocalEnvironment = { config, runDir, signal, cis, awsUrl, githubUrl };
    await prepare?.(makeClock(awsUrl));
    const fleetTokens = await bringUp(local, baked, { steps, print });
    await cis.publish(misinform(fleetTokens));
    const tokens = fleetTokens.flatMap(({ runnerToken, apiToken, webhook }) => [
      ...[runnerToken, apiToken],
      ...(webhook ? [webhook.secret] : []),
    ]);
    const secrets = { tokens: [...new Set(tokens)], rootfs: baked.map(({ rootfs }) => rootfs) };
    return toWorld(cloud, local, secrets, stopCloud);
  } catch (error) {
    await stopCloud();
    throw error;
  }
}

const makeClock = (awsUrl: string): Clock => ({
  async advance(seconds) {
    const moved = await ask(`${awsUrl}/_local/clock`, 'POST', { advanceSeconds: seconds });
    return Date.parse((moved as { now: string }).now);
  },
});

function toWorld(
  cloud: Cloud,
  local: LocalEnvironment,
  secrets: Pick<World, 'tokens' | 'rootfs'>,
  stopCloud: () => Promise<void>,
): World {
  const { config, awsUrl, cis, runDir } = local;
  const { environment } = config;
  const urls = toCiUrls(cloud);
  const { autoScaling, settings } = makeClients(awsUrl, config.aws.region);
  const logs = new CloudWatchLogsClient(settings);
  const start = Date.now();
  const ports = { autoScaling, awsUrl, cis };
  const named = (fleet: string) => groupName(environment, fleet);
  const fleetOf = (name: string) => {
    const fleet = config.fleets.find((candidate) => candidate.name === name);
    if (!fleet) throw new Error(`There is no fleet ${name}.`);
    return fleet;
  };
  const readLog = async (logGroupName: string) => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    return events.map(({ message }) => message).join('\n');
  };
  return {
    ...{ config, cloud, runDir, local },
    ...secrets,
    async enqueue(fleet, jobs) {
      await cis.enqueue(
        fleetOf(fleet),
        jobs.map((job) => toTask({ command: null, ...job })),
      );
    },
    jobs: async (name) => (await readJobs(ports, start)).filter(({ fleet }) => fleet === name),
    async group(fleet) {
      const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [named(fleet)] }),
      );
      if (!group) throw new Error(`There is no group ${named(fleet)}.`);
      return group;
    },
    async setDesired(fleet, desired) {
      const change = { AutoScalingGroupName: named(fleet), DesiredCapacity: desired, HonorCooldown: false };
      await autoScaling.send(new SetDesiredCapacityCommand(change));
    },
    events: async (fleet) => (await readEvents(ports, start)).filter(({ group }) => group === named(fleet)),
    decisions: async (fleet) =>
      (await readDecisions(logs, `/aws/lambda/${scalerName(environment)}`, start)).filter(
        (row) => row.fleet === fleet,
      ),
    minutes: async () =>
      (await readEvents(ports, start))
        .filter(
          ({ event, detail }) =>
            event === 'schedule-fired' &&
            (detail as { schedule: string }).schedule === scalerName(environment),
        )
        .map(({ at }) => at),
    async calls(principal) {
      const { calls } = (await ask(`${awsUrl}/_local/calls?since=0`)) as { calls: Call[] };
      return calls.filter((call) => call.principal === principal);
    },
    readLog,
    journal: (fleet) => readLog(instanceLogGroup(environment, fleet)),
    scalerLog: () => readLog(`/aws/lambda/${scalerName(environment)}`),
    async askCi(ci, method, path, body) {
      await ask(`${urls[ci]}${path}`, method, body);
    },
    leftovers: () => cis.readLeftovers(),
    ...makeClock(awsUrl),
    async setOptions(options) {
      await ask(`${awsUrl}/_local/options`, 'PUT', options);
    },
    operate: (script, variables = {}) => operate(local, script, { variables }),
    async break(fault) {
      const { id } = (await ask(`${awsUrl}/_local/faults`, 'POST', fault)) as { id: number };
      return async () => {
        await ask(`${awsUrl}/_local/faults/${id}`, 'DELETE');
      };
    },
    async stop(found = 'deployed') {
      try {
        if (found === 'deployed') await operate(local, 'scripts/destroy.ts');
      } finally {
        await stopCloud();
      }
    },
  };
}
