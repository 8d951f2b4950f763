import type { Task } from '@aws-sdk/client-ecs';
import { GithubError } from '../../../../github/github-error';
import type { Runner } from '../../../../github/types';
import type { StartRunnerSettings } from '../../settings';
import { explain, isPassing, toAwsError } from '../aws/explain';
import { readTask } from '../aws/tasks';
import { Failure, Stopped } from '../failure';
import { judgeStop } from './judge-stop';
import type { Ports } from './ports';
import { createProgress } from './progress';

export type Outcome =
  | { kind: 'online' }
  /** There is no room for the task after all: another one may find some. */
  | { kind: 'capacity'; why: string }
  /** The runner works for another job: this one needs another runner. */
  | { kind: 'taken'; why: string };

const POLL_MS = 4_000;
/**
 * A runner that is too old has its session and is online, and only then hears that it gets no jobs: it has to be online
 * for a moment longer, or its job would wait for a runner that is gone.
 */
const CONFIRM_MS = 2_000;
/** After GitHub had no answer, or no more requests for us. */
const SLOW_POLL_MS = 10_000;
/** DescribeTasks may not know yet what RunTask has started. */
const UNKNOWN_MS = 60_000;

const OTHER_JOB =
  'A job whose runs-on asks for self-hosted, linux or the architecture alone fits every runner: give such jobs a label of their own';

export interface Waiting {
  settings: StartRunnerSettings;
  /** At GitHub. */
  runnerId: number;
  /** Of the task. */
  arn: string;
  /** Until then ECS has to have found a place for the task. */
  placeBy: number;
}

/** Asks GitHub and ECS in turn until the runner is online, or will not be. */
export async function waitUntilOnline(
  { settings, runnerId, arn, placeBy }: Waiting,
  ports: Pick<Ports, 'github' | 'aws' | 'clock' | 'signal' | 'say'>,
): Promise<Outcome> {
  const { clock, signal, say } = ports;
  const progress = createProgress(clock, say);
  const began = clock.now();
  let pause = POLL_MS;
  let wasOnline = false;
  for (; ; await clock.sleep(pause, signal)) {
    pause = POLL_MS;
    if (signal.aborted) throw new Stopped(`${signal.reason} ${progress.seen()}`);
    // The task first: of a runner that ended in between, GitHub is asked afterwards.
    const task = await askEcs(settings.cluster, arn, ports, began);
    if (isTask(task)) progress.show(task);
    if (isTask(task) && task.lastStatus === 'PROVISIONING' && clock.now() > placeBy)
      return {
        kind: 'capacity',
        why: `ECS has found no place for the task in ${Math.round((clock.now() - began) / 1000)} s`,
      };
    if (isTask(task) && EARLY.has(task.lastStatus ?? '')) continue;
    const runner = await askGithub(settings.repository, runnerId, ports);
    if (runner === 'unknown') {
      pause = SLOW_POLL_MS;
      continue;
    }
    if (runner === null) {
      // The housekeeper removes at once what a task that has stopped leaves: how it ended says more.
      const ended = await askEcs(settings.cluster, arn, ports, began);
      if (isTask(ended) && ended.lastStatus === 'STOPPED') return toOutcome(ended, settings);
      return taken('GitHub does not have the runner any more: it had a job already, or somebody removed it');
    }
    if (runner.busy) return taken('the runner has a job already');
    // GitHub takes a moment to see that a runner has died.
    const isLeaving = isTask(task) && task.desiredStatus === 'STOPPED';
    if (runner.status === 'online' && !isLeaving) {
      if (wasOnline) return { kind: 'online' };
      wasOnline = true;
      pause = CONFIRM_MS;
      continue;
    }
    wasOnline = false;
    if (task === 'unknown') continue;
    if (task === null) {
      if (clock.now() - began > UNKNOWN_MS)
        throw new Failure(
          `ECS does not know task ${arn}. See CloudTrail for what became of it, then run the job again.`,
        );
      continue;
    }
    if (task.lastStatus === 'STOPPED') return toOutcome(task, settings);
  }
}

/** @throws Failure when nothing but its remedy helps */
function toOutcome(task: Task, settings: StartRunnerSettings): Outcome {
  const verdict = judgeStop(task, settings);
  if (verdict.kind === 'failed') throw new Failure(verdict.why);
  return verdict.kind === 'capacity' ? verdict : taken('the runner has ended, so it had a job already');
}

const taken = (seen: string): Outcome => ({ kind: 'taken', why: `${seen}. ${OTHER_JOB}` });

/** No container runs yet. */
const EARLY = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

const isTask = (asked: Asked<Task>): asked is Task => asked !== null && asked !== 'unknown';

type Asked<T> = T | null | 'unknown';

async function askEcs(
  cluster: string,
  arn: string,
  { aws, clock, say }: Pick<Ports, 'aws' | 'clock' | 'say'>,
  began: number,
): Promise<Asked<Task>> {
  try {
    return await readTask(aws(), cluster, arn);
  } catch (error) {
    // The policy asks for a tag of the task: one that ECS does not know yet has none.
    const isUnseen = /^AccessDenied/.test(toAwsError(error).name) && clock.now() - began <= UNKNOWN_MS;
    if (!isUnseen && !isPassing(error)) throw explain(`reading task ${arn}`, error);
    say(`ECS does not tell how the task is: ${toAwsError(error).name}. It is asked again.`);
    return 'unknown';
  }
}

async function askGithub(
  repository: string,
  id: number,
  { github, signal, say }: Pick<Ports, 'github' | 'signal' | 'say'>,
): Promise<Asked<Runner>> {
  try {
    return await github.readRunner(repository, id);
  } catch (error) {
    if (signal.aborted) return 'unknown';
    if (!(error instanceof GithubError && error.passing)) throw error;
    say(`${error.message} It is asked again.`);
    return 'unknown';
  }
}
