import { type Attempt, createPatience } from '../../../scripts/history/patience';
import { toReserveQuiet } from '../../../scripts/history/reserve';
import { failure, makeWorld, NOW, type World } from './world';

let world: World;
beforeEach(() => {
  world = makeWorld();
});
const LIMITS = { name: 'CI', requestsPerMinute: 60, atOnce: 4 };
const patienceOf = () => createPatience(LIMITS, world.clock, world.say);
const body = (headers = {}): Attempt => ({ kind: 'body', text: '[]', headers: new Headers(headers) });
const again = (why: 'too-many' | 'failed', wait?: number): Attempt => ({
  kind: 'again',
  seen: 'GET /x: status 500',
  why,
  wait,
});
/** Gives these in turn, and then the last for ever. */
const inTurn =
  (...answers: Attempt[]) =>
  async () =>
    (answers.length > 1 ? answers.shift() : answers[0]) as Attempt;

test('questions are asked no faster than so many a minute, however many there are', async () => {
  const patience = patienceOf();
  await Promise.all(Array.from({ length: 31 }, () => patience.ask(inTurn(body()))));
  expect(world.waited()).toBeCloseTo(30);
  expect(patience.requests).toBe(31);
});

test('who is told to be quiet holds back all questions', async () => {
  const patience = patienceOf();
  const times: number[] = [];
  const note = (attempt: () => Promise<Attempt>) => () => {
    times.push(world.waited());
    return attempt();
  };
  await Promise.all([
    patience.ask(note(inTurn(again('too-many', 120_000), body()))),
    ...Array.from({ length: 3 }, () => patience.ask(note(inTurn(body())))),
  ]);
  expect(times.filter((time) => time > 0 && time < 120)).toEqual([]);
  expect(world.said).toHaveLength(1);
});

test('refusals without a time are waited for longer and longer, and end after twelve', async () => {
  const { message } = await failure(patienceOf().ask(inTurn(again('too-many'))));
  expect(message).toMatch(/GET \/x: status 500, 13 times in a row/);
  expect(world.waited()).toBeGreaterThan(300);
});

test('who wants more than an hour of quiet is not obeyed but told', async () => {
  const { message } = await failure(patienceOf().ask(inTurn(again('too-many', 86_400_000))));
  expect(message).toMatch(/wants quiet for 1440 min/);
  expect(world.waited()).toBe(0);
});

test('no failure makes it wait for hours', async () => {
  await patienceOf().ask(inTurn(again('failed', 86_400_000), body()));
  expect(world.waited()).toBe(300);
});

test('when one question fails for good, none of the others is asked', async () => {
  const patience = patienceOf();
  const others = Array.from({ length: 20 }, () => patience.ask(inTurn(body())));
  const failed = patience.ask(() => Promise.reject(new Error('broken')));
  const more = patience.ask(inTurn(body()));
  expect((await failure(failed)).message).toBe('broken');
  expect((await failure(more)).message).toBe('broken');
  await Promise.allSettled(others);
  expect(patience.requests).toBe(21);
});

describe('of the last tenth of the requests none is used', () => {
  const at = (remaining: number, prefix = '') =>
    toReserveQuiet(
      new Headers({
        [`${prefix}ratelimit-limit`]: '600',
        [`${prefix}ratelimit-remaining`]: String(remaining),
        [`${prefix}ratelimit-reset`]: String(NOW / 1000 + 40),
      }),
      NOW,
    ).wait;
  test.each([
    ['61 of 600', 61, '', 0],
    ['60 of 600', 60, '', 40_000],
    ['none', 0, 'x-', 40_000],
  ])('%s left', (_what, remaining, prefix, wait) => {
    expect(at(remaining, prefix)).toBe(wait);
  });
  test('who says nothing of limits is not waited for', () => {
    expect(toReserveQuiet(new Headers({ 'ratelimit-remaining': '0' }), NOW).wait).toBe(0);
  });
  test('the time is told from the clock of the server', () => {
    const headers = new Headers({
      'x-ratelimit-limit': '600',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '1000100',
      date: new Date(1_000_090_000).toUTCString(),
    });
    expect(toReserveQuiet(headers, NOW).wait).toBe(10_000);
  });
  test('the next question waits', async () => {
    const patience = patienceOf();
    const few = { 'ratelimit-limit': '10', 'ratelimit-remaining': '1', 'ratelimit-reset': NOW / 1000 + 40 };
    await patience.ask(inTurn(body(few)));
    await patience.ask(inTurn(body()));
    expect(world.waited()).toBe(40);
    expect(world.said.join()).toMatch(/1 of its 10 requests are left/);
  });
});
