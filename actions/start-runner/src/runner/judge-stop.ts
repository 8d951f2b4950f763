import type { Task } from '@aws-sdk/client-ecs';
import { isCapacity } from '../aws/judge-failure';

export type Verdict =
  /** Another mode, or another try, may go better. */
  { kind: 'capacity'; why: string } | { kind: 'ended' } | { kind: 'failed'; why: string };

/** AWS takes a task back without any fault of its own, or has no place for it after all. */
const TAKEN_BACK = [
  /^Host EC2 .*terminated/i,
  /Timeout waiting for (network interface|EPHEMERAL_STORAGE)/i,
  /Unexpected EC2 error while attempting to (create|attach) network interface/i,
  /spot (task|capacity)/i,
];

/** Its container was told to stop before a job came (containers/github-runner/rootfs/usr/lib/muster/entrypoint): its host leaves. */
const TOLD_TO_STOP = 75;

/** Why a task stopped before its runner was online, and what to do about it. */
export function judgeStop(task: Task, { environment, rule }: { environment: string; rule: string }): Verdict {
  const container = task.containers?.find(({ name }) => name === 'runner');
  const reason = task.stoppedReason ?? 'ECS gives no reason';
  const { stopCode } = task;
  if (
    stopCode === 'SpotInterruption' ||
    stopCode === 'TerminationNotice' ||
    isCapacity(reason) ||
    TAKEN_BACK.some((known) => known.test(reason))
  )
    return { kind: 'capacity', why: reason };
  // Who stopped the task itself, meant it.
  if (container?.exitCode === TOLD_TO_STOP && stopCode !== 'UserInitiated')
    return { kind: 'capacity', why: `its container was told to stop before a job came (${reason})` };
  // After a job, or having been online: without either the entry point ends with another status.
  if (container?.exitCode === 0 && stopCode === 'EssentialContainerExited') return { kind: 'ended' };
  const seen = [
    `${stopCode ?? 'stopped'}: ${reason}`,
    ...(container?.exitCode === undefined ? [] : [`exit code ${container.exitCode}`]),
    ...(container?.reason && !reason.includes(container.reason) ? [container.reason] : []),
  ].join('; ');
  const id = task.taskArn?.split('/').at(-1) ?? '';
  const log = `Its log: CloudWatch, group /muster/${environment}/github-runners, stream ${rule}/runner/${id}.`;
  const why = `The task stopped before its runner was online: ${seen}. ${toRemedy(`${reason} ${container?.reason ?? ''}`, stopCode, environment)}`;
  // What never ran has no log.
  return { kind: 'failed', why: container?.exitCode === undefined ? why : `${why} ${log}` };
}

function toRemedy(said: string, stopCode: string | undefined, environment: string): string {
  if (/CannotPull|pull (container )?image|pull image manifest/i.test(said))
    return /timeout|timed out|dial tcp|no such host|connection refused|deadline exceeded/i.test(said)
      ? 'Its network does not reach ECR: see the route, the proxy or the endpoints of its subnets.'
      : `The image is not there, or may not be read: run make runner-image ENV=${environment}.`;
  if (/ResourceInitializationError/i.test(said))
    return 'Its network does not reach what ECS needs (ECR, CloudWatch Logs), or its log group or execution role is not as deployed: see the route or the endpoints of its subnets, and run make deploy.';
  if (/OutOfMemory/i.test(said)) return 'Its size has too little memory: give it more in githubEcs.sizes.';
  if (/CannotStartContainer|exec format/i.test(said))
    return `The image does not run there: compare githubEcs.image.architecture with the one that was built, and run make runner-image ENV=${environment}.`;
  if (stopCode === 'UserInitiated') return 'Somebody stopped it: see the reason, and CloudTrail for who.';
  return 'Its log says more.';
}
