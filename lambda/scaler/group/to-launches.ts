import type { Activity } from '@aws-sdk/client-auto-scaling';
import type { Launch } from '../core/types';

const ENDS: Record<string, Launch['result']> = {
  Successful: 'succeeded',
  Failed: 'failed',
  // What AWS makes of a launch that its hook abandoned.
  Cancelled: 'failed',
};

/** The launches among a group's activities that have ended, newest first. */
export function toLaunches(activities: readonly Activity[]): Launch[] {
  return activities
    .flatMap(({ Description = '', StatusCode = '', StatusMessage = '', EndTime, StartTime }) => {
      const result = ENDS[StatusCode];
      const endedAt = (EndTime ?? StartTime)?.getTime();
      if (!Description.startsWith('Launching') || !result || endedAt === undefined) return [];
      return [{ endedAt, result, message: StatusMessage.slice(0, 200) }];
    })
    .sort((a, b) => b.endedAt - a.endedAt);
}
