/** Every way out of a fleet: what makes an instance go, and what becomes of the job on it and of the next one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  SetInstanceProtectionCommand,
  StartInstanceRefreshCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { drainName } from '../../config/names';
import { ask } from '../../local/run/ci/ask';
import { makeClients } from '../../local/run/operator';
import { jobNamed, SECONDS, until, untilEmpty, untilGone } from './waits';
import type { World } from './world';

export interface Way {
  /** First column of the table in docs/draining.md. */
  title: string;
  fleet: string;
  /** Seconds of the job that runs on the instance. Default: 60. */
  seconds?: number;
  /** Before: what fails on the way. */
  fail?: (world: World, instance: string) => Promise<unknown>;
  go: (world: World, instance: string) => Promise<unknown>;
  /** While it drains. */
  meanwhile?: (world: World, instance: string) => Promise<unknown>;
  /** What becomes of the job that runs. Default: it finishes. */
  job?: 'finishes' | 'is aborted';
  /** What becomes of a job that is queued meanwhile. Default: another instance serves it. */
  next?: 'served by another' | 'waits';
  /** Afterwards, such as that a failure was told. */
  tells?: (world: World, instance: string) => Promise<unknown>;
}

/** What a way did: a row of the table. */
export interface Out {
  way: string;
  job: string;
  next: string;
  /** Seconds from the first word to the drain on the instance, and from the job's end until the instance was gone. */
  secondsToDrain?: number;
  secondsToGone?: number;
}

const autoScalingOf = ({ cloud, config }: World) =>
  makeClients(cloud.awsEndpointUrl, config.aws.region).autoScaling;

export const terminate = (shouldDecrement: boolean) => (world: World, InstanceId: string) =>
  autoScalingOf(world).send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId,
      ShouldDecrementDesiredCapacity: shouldDecrement,
    }),
  );

const groupOf = async (world: World, fleet: string) => {
  const { AutoScalingGroupName = '' } = await world.group(fleet);
  return AutoScalingGroupName;
};

/** What a command on the machine prints; undefined when it is off. */
export const onMachine = (world: World, instance: string, command: string[]) =>
  world.cloud.exec(instance, command).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );

/** AWS leaves a busy instance alone, because it is protected: here somebody takes that away. */
export const unprotect = (fleet: string) => async (world: World, instance: string) => {
  await until(
    `${instance} is protected`,
    () => world.group(fleet),
    ({ Instances = [] }) =>
      Instances.some(
        ({ InstanceId, ProtectedFromScaleIn }) => InstanceId === instance && ProtectedFromScaleIn === true,
      ),
    SECONDS.job,
  );
  await autoScalingOf(world).send(
    new SetInstanceProtectionCommand({
      AutoScalingGroupName: await groupOf(world, fleet),
      InstanceIds: [instance],
      ProtectedFromScaleIn: false,
    }),
  );
};

const notice = (kind: 'interruption' | 'rebalance', inSeconds: number) => (world: World, instance: string) =>
  ask(`${world.cloud.awsEndpointUrl}/_local/instances/${instance}/spot-notice`, 'POST', { kind, inSeconds });

const stopUnit = (unit: string) => (world: World, instance: string) =>
  onMachine(world, instance, ['systemctl', 'stop', unit]);

const drainSays = (what: string) => (world: World, instance: string) =>
  until(
    `the drain Lambda says that ${what}`,
    () => drainLog(world),
    (log) => log.split('\n').some((line) => line.includes(instance) && /unanswered|SendCommand/.test(line)),
    SECONDS.boot,
  );

const drainLog = (world: World) => world.readLog(`/aws/lambda/${drainName(world.config.environment)}`);

export const ways: Way[] = [
  {
    title: 'Desired capacity set to 0 by hand',
    fleet: 'shrunk',
    // It is protected: its own look at the group, once a minute, tells it.
    seconds: 180,
    go: (world) => world.setDesired('shrunk', 0),
  },
  {
    title: 'Terminated through the group (console), to be replaced',
    fleet: 'console',
    go: terminate(false),
  },
  {
    title: 'Instance refresh',
    fleet: 'refreshed',
    go: async (world) =>
      autoScalingOf(world).send(
        new StartInstanceRefreshCommand({
          AutoScalingGroupName: await groupOf(world, 'refreshed'),
          Preferences: {
            MinHealthyPercentage: 0,
            ScaleInProtectedInstances: 'Refresh',
            SkipMatching: false,
          },
        }),
      ),
  },
  {
    title: 'Zones evened out by AWS (AZRebalance)',
    fleet: 'rebalanced',
    // First another one is launched.
    seconds: 180,
    fail: unprotect('rebalanced'),
    go: async (world) =>
      ask(
        `${world.cloud.awsEndpointUrl}/_local/groups/${await groupOf(world, 'rebalanced')}/rebalance`,
        'POST',
        {},
      ),
  },
  {
    title: 'Spot interruption, the job ends in time',
    fleet: 'spot',
    go: notice('interruption', 120),
  },
  {
    title: 'Spot interruption, the job is longer',
    fleet: 'reclaimed',
    seconds: 600,
    job: 'is aborted',
    go: notice('interruption', 60),
  },
  {
    title: 'Spot rebalance recommendation',
    fleet: 'at-risk',
    go: notice('rebalance', 0),
  },
  {
    title: 'Fleet paused (`make pause`)',
    fleet: 'paused',
    seconds: 180,
    next: 'waits',
    go: (world) => world.operate('scripts/pause.ts', { FLEET: 'paused' }),
  },
];

export const failures: Way[] = [
  {
    title: 'The SNS message is lost',
    fleet: 'lost-message',
    fail: async (world) =>
      world.break({
        ...{ service: 'sns', operation: 'Publish', status: 500, code: 'InternalError', message: 'lost' },
        ...{ count: null, resource: await groupOf(world, 'lost-message') },
      }),
    go: terminate(true),
    tells: async (world, instance) => expect(await drainLog(world)).not.toContain(instance),
  },
  {
    title: 'The drain Lambda fails',
    fleet: 'failing-lambda',
    fail: (world, resource) =>
      world.break({
        ...{ service: 'ssm', operation: 'SendCommand', status: 500, code: 'InternalServerError' },
        ...{ message: 'Something is broken', count: null, resource },
      }),
    go: terminate(true),
    tells: drainSays('it could not'),
  },
  {
    title: 'Systems Manager does not reach the instance',
    fleet: 'silent-agent',
    fail: stopUnit('amazon-ssm-agent.service'),
    go: terminate(true),
    tells: drainSays('nobody answers'),
  },
  {
    title: 'The watch on the instance is dead, and the drain is killed half-way',
    fleet: 'dead-watch',
    fail: stopUnit('muster-watch.service'),
    go: terminate(true),
    meanwhile: (world, instance) =>
      onMachine(world, instance, ['systemctl', 'kill', '--signal=KILL', 'muster-drain.service']),
  },
  {
    title: 'AWS throttles the completion of the hook',
    fleet: 'throttled',
    fail: (world, resource) =>
      world.break({
        ...{ service: 'autoscaling', operation: 'CompleteLifecycleAction', status: 400, code: 'Throttling' },
        ...{ message: 'Rate exceeded', count: 3, resource },
      }),
    go: terminate(true),
  },
];

const TOLD = readFileSync(join(__dirname, 'told-to-stop.sh'), 'utf8');

const drains = (world: World, instance: string) =>
  until(
    `${instance} drains`,
    () => onMachine(world, instance, ['bash', '-c', TOLD]),
    // One that is off has done so.
    (said) => said === undefined || said === 'told',
    SECONDS.job,
  );

export async function startJob(
  world: World,
  { fleet, seconds = 60 }: Pick<Way, 'fleet' | 'seconds'>,
): Promise<string> {
  await world.enqueue(fleet, [{ name: 'first', seconds }]);
  const { runner } = await until(
    `the first job of ${fleet} runs`,
    () => jobNamed(world, fleet, 'first'),
    ({ state }) => state === 'running',
    SECONDS.boot,
  );
  return runner ?? '';
}

/** Goes a way from end to end. */
export async function goOut(world: World, way: Way): Promise<Out> {
  const { fleet, job = 'finishes', next = 'served by another' } = way;
  const instance = await startJob(world, way);
  await way.fail?.(world, instance);
  const asked = Date.now();
  await way.go(world, instance);
  await drains(world, instance);
  const secondsToDrain = (Date.now() - asked) / 1000;
  // Else it left by itself, and nothing was shown.
  expect(await jobNamed(world, fleet, 'first')).toMatchObject({ state: 'running', runner: instance });
  await world.enqueue(fleet, [{ name: 'second', seconds: 1 }]);
  await way.meanwhile?.(world, instance);

  const first = await until(
    `the first job of ${fleet} ends`,
    () => jobNamed(world, fleet, 'first'),
    ({ state }) => state !== 'running',
    SECONDS.job,
  );
  expect({ way: way.title, state: first.state, runs: first.runs }).toEqual({
    ...{ way: way.title, runs: 1 },
    state: job === 'finishes' ? 'succeeded' : expect.stringMatching(/failed|lost/),
  });
  const ended = Date.now();
  await untilGone(world, fleet, instance);
  const secondsToGone = (Date.now() - ended) / 1000;
  if (next === 'served by another') {
    const second = await until(
      `the second job of ${fleet} succeeds`,
      () => jobNamed(world, fleet, 'second'),
      ({ state }) => state === 'succeeded',
      SECONDS.boot,
    );
    expect(second.runner).not.toBe(instance);
  } else {
    expect(await jobNamed(world, fleet, 'second')).toMatchObject({ state: 'queued', runner: null });
  }
  await untilEmpty(world, fleet);
  await way.tells?.(world, instance);
  return { way: way.title, job, next, secondsToDrain, secondsToGone };
}
