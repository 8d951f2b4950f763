/**
 * Waits for a condition, not for a time: looks again and again until it holds, or fails with what `explain` says: what it saw
 * last, unless told otherwise.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean = Boolean,
  // Only a failure waits this long; a loaded machine may.
  seconds = 60,
  { everyMs = 50, explain = JSON.stringify }: { everyMs?: number; explain?: (seen: T) => string } = {},
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > deadline)
      throw new Error(`${what}: not within ${seconds} s; seen: ${explain(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
