import type { Clock } from '../../../../clock/clock';

export interface Stop {
  /** Its reason is the sentence that says why. */
  signal: AbortSignal;
  /** Ends listening and waiting. */
  release(): void;
}

/**
 * Aborts when the workflow is cancelled (GitHub sends SIGINT, SIGTERM after 7.5 s, and kills after 2.5 s more), or at
 * the deadline.
 */
export function listenForStop(
  clock: Clock,
  limitMs: number,
  program: Pick<NodeJS.Process, 'on' | 'removeListener'>,
): Stop {
  const stop = new AbortController();
  const released = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const hear = (name: string) => stop.abort(`The workflow was cancelled (${name}).`);
  for (const name of names) program.on(name, hear);
  void clock.sleep(limitMs, released.signal).then(() => {
    if (!released.signal.aborted) stop.abort(`No runner came online within ${limitMs / 60_000} minutes.`);
  });
  return {
    signal: stop.signal,
    release: () => {
      released.abort();
      for (const name of names) program.removeListener(name, hear);
    },
  };
}
