import type { Clock } from '../../clock/clock';

/** A reason made once: an abort without one makes an error with a stack trace each time. */
export const OVER = 'over';

/** Runs `work` for at most `ms`; then aborts its signal and answers `late` without waiting for it. */
export async function withDeadline<T>(
  { sleep }: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  late: () => T,
): Promise<T> {
  const ended = new AbortController();
  const expired = new AbortController();
  try {
    return await Promise.race([
      work(expired.signal),
      sleep(ms, ended.signal).then(() => {
        expired.abort(OVER);
        return late();
      }),
    ]);
  } finally {
    ended.abort(OVER);
  }
}
