import type { Task } from '@aws-sdk/client-ecs';
import type { Clock } from '../../../../clock/clock';

/** So often a line at least, that nobody takes the step for dead. */
const EVERY_MS = 30_000;

const MEANING: Readonly<Record<string, string>> = {
  PROVISIONING: 'ECS looks for a place for it, or waits for a host',
  PENDING: 'the image is being pulled',
  ACTIVATING: 'the container starts',
  RUNNING: 'the runner registers with GitHub',
};

/** Says how the task is: when that changes, and now and then. */
export function createProgress({ now }: Pick<Clock, 'now'>, say: (line: string) => void) {
  const began = now();
  let status = '';
  let shown = 0;
  return {
    show({ lastStatus = 'UNKNOWN' }: Task) {
      if (lastStatus === status && now() - shown < EVERY_MS) return;
      status = lastStatus;
      shown = now();
      const meaning = MEANING[status];
      say(`${Math.round((shown - began) / 1000)} s: task ${status}${meaning ? `, ${meaning}` : ''}`);
    },
    /** The last that is known, and what that hints at. */
    seen: () =>
      status === ''
        ? 'ECS has told nothing of its task.'
        : `Its task was ${status} last${HINTS[status] ? `: ${HINTS[status]}` : '.'}`,
  };
}

const HINTS: Readonly<Record<string, string>> = {
  PROVISIONING:
    'there was no place for it. See the hosts (their Auto Scaling group, its max), use another mode too, or raise timeout-minutes.',
  PENDING: 'the image is large, or its registry is slow to reach. Raise timeout-minutes.',
  RUNNING:
    "its container runs, but GitHub has not heard of the runner. See the log of the container: the task's network may not reach GitHub.",
};
