import { realClock } from '../../clock/clock';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Whether a sleep of a second has ended by `after`, milliseconds. */
async function isOver(after: number, signal?: AbortSignal): Promise<boolean> {
  let over = false;
  void realClock.sleep(1_000, signal).then(() => {
    over = true;
  });
  await jest.advanceTimersByTimeAsync(after);
  return over;
}

test('it sleeps for as long as told', async () => {
  expect(await isOver(999)).toBe(false);
  expect(await isOver(1_000)).toBe(true);
});

test('a signal ends the sleep at once, without an error and without a timer left behind', async () => {
  const stop = new AbortController();
  const over = isOver(0, stop.signal);
  stop.abort();
  expect(await over).toBe(true);
  expect(jest.getTimerCount()).toBe(0);
});

test('a signal that came before lets nobody fall asleep', async () => {
  expect(await isOver(0, AbortSignal.abort())).toBe(true);
  expect(jest.getTimerCount()).toBe(0);
});
