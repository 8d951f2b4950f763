import type { Clock } from '../../../clock/clock';

/** Fleets hear from their CI at different moments; this much of waiting turns a thousand requests into a few. */
const WINDOW_MS = 100;

/**
 * Turns single reads into reads of many: who asks within the same moment shares a request of at most `size`
 * names. A batch that fails, or hangs, concerns its own names only.
 */
export function batchReads<T>(
  { sleep }: Pick<Clock, 'sleep'>,
  size: number,
  readMany: (names: string[]) => Promise<(name: string) => T>,
): (name: string) => Promise<T> {
  let open: { names: string[]; answer: Promise<(name: string) => T> } | undefined;

  return async (name) => {
    if (!open || open.names.length >= size) {
      const names: string[] = [];
      const batch = { names, answer: Promise.resolve().then(() => wait(names)) };
      open = batch;
    }
    const batch = open;
    batch.names.push(name);
    return (await batch.answer)(name);
  };

  async function wait(names: string[]): Promise<(name: string) => T> {
    await sleep(WINDOW_MS);
    if (open?.names === names) open = undefined;
    return readMany(names);
  }
}
