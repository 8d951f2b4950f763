/** Which runners of GitHub, and which of their tasks, nobody will use any more: pure. One that may have a job stays. */

/** A runner as GitHub lists it. */
export interface Registration {
  id: number;
  status: 'online' | 'offline';
  /** May read false for a minute after a job has begun, so that only its removal tells for certain. */
  busy: boolean;
}

/** A task that ECS has not been told to stop. Times: milliseconds since 1970. */
export interface LiveTask {
  arn: string;
  createdAt: number;
  /** When its container started. Absent: it waits for capacity or its image. */
  startedAt?: number;
  /** Name of the secret with the runner's just-in-time configuration. */
  jitSecret?: string;
}

/** One of ours: in GitHub's list, with a task, or both. */
export interface SeenRunner {
  name: string;
  mintedAt: number;
  registration?: Registration;
  tasks: readonly LiveTask[];
}

/** Why a runner stays, or goes (`lost`, `unclaimed`, `overdue`). */
export type RunnerVerdict =
  /** Minted a moment ago: its task may be about to start. */
  | 'young'
  /** Its task waits, or starts, or its job is to come. */
  | 'waiting'
  /** GitHub says that it has a job. */
  | 'busy'
  /** GitHub hears it, though no task is seen: one of the two is wrong. */
  | 'heard'
  /** Its registration is gone, after its job or by another's hand: its container ends by itself. */
  | 'leaving'
  /** Registered, not heard of, and without a task. */
  | 'lost'
  /** No job took it in time. */
  | 'unclaimed'
  /** Older than any job may get: it goes, job or not. */
  | 'overdue';

export interface JudgedRunner {
  runner: SeenRunner;
  verdict: RunnerVerdict;
}

export interface Limits {
  /** How long a runner may wait for its job once its container has started. */
  claimMs: number;
  jobLimitMs: number;
}

export interface RunnersChoice {
  judged: JudgedRunner[];
  /** Those that go, the oldest first. */
  due: JudgedRunner[];
}

/** Between the minting and the task. Also what a task may take beyond its limits, in which its container should end itself. */
const SPARE_MS = 15 * 60_000;
/** Between the task and its container: as long as the action may be told to wait for it (timeout-minutes). */
const START_MS = 60 * 60_000;

const GOES: readonly RunnerVerdict[] = ['lost', 'unclaimed', 'overdue'];

interface Question {
  /** All of ours of one repository, whose list and whose tasks were read whole. */
  runners: readonly SeenRunner[];
  limits: Limits;
  now: number;
}

export function chooseRunners({ runners, limits, now }: Question): RunnersChoice {
  const judged = runners.map((runner) => ({ runner, verdict: judge(runner, limits, now) }));
  const due = judged
    .filter(({ verdict }) => GOES.includes(verdict))
    .sort(({ runner: one }, { runner: other }) => one.mintedAt - other.mintedAt);
  return { judged, due };
}

function judge({ mintedAt, registration, tasks }: SeenRunner, limits: Limits, now: number): RunnerVerdict {
  if (tasks.length === 0) {
    if (now - mintedAt < SPARE_MS) return 'young';
    if (registration?.busy) return 'busy';
    return registration?.status === 'online' ? 'heard' : 'lost';
  }
  // There should be one. Of several the youngest counts.
  const latest = (toTime: (task: LiveTask) => number) => Math.max(mintedAt, ...tasks.map(toTime));
  const age = now - latest(({ createdAt, startedAt }) => startedAt ?? createdAt);
  if (age >= limits.jobLimitMs + limits.claimMs + SPARE_MS) return 'overdue';
  if (registration?.busy) return 'busy';
  // No registration is no proof that there is no job. A container that has not started runs none.
  if (!registration && tasks.some(({ startedAt }) => startedAt !== undefined)) return 'leaving';
  const startMs = registration ? START_MS : SPARE_MS;
  const waited = now - latest(({ createdAt, startedAt }) => startedAt ?? createdAt + startMs);
  return waited < limits.claimMs ? 'waiting' : 'unclaimed';
}
