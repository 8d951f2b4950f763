import type { Commands } from './commands';

/** GitHub kills ten seconds after it has asked. */
const GRACE_MS = 5_000;

/**
 * Once it is time to stop, waits a little for what AWS is about to answer, and no longer: what was begun is noted, and
 * the post step removes it.
 */
export function leaveInTime(signal: AbortSignal, { error }: Pick<Commands, 'error'>): void {
  signal.addEventListener('abort', () => {
    setTimeout(() => {
      error(`${signal.reason} AWS has not answered in time: see https://health.aws.amazon.com.`);
      process.exit(1);
    }, GRACE_MS).unref();
  });
}
