import { addLife, emptyBill, type Life, toTotal } from '../../simulate/ledger';

const MINUTE = 60_000;
/** Boots for one minute, waits two, has jobs for ten, waits three more, and goes within half a minute. */
const LIFE: Life = {
  launchedAt: 0,
  readyAt: 1 * MINUTE,
  busy: 10 * MINUTE,
  goesSince: 16 * MINUTE,
  endedAt: 16.5 * MINUTE,
};
/** Dollars an hour, so that a minute costs one. */
const PRICE = 60;

function billOf(deviation: Partial<Life> = {}) {
  const bill = emptyBill();
  addLife(bill, { ...LIFE, ...deviation }, PRICE);
  return bill;
}

test('each minute is paid for once, under what it was for', () => {
  expect(billOf()).toEqual({
    boot: expect.closeTo(1),
    jobs: expect.closeTo(10),
    idle: expect.closeTo(5),
    drain: expect.closeTo(0.5),
    instanceHours: expect.closeTo(16.5 / 60),
    instances: 1,
  });
  expect(toTotal(billOf())).toBeCloseTo(16.5);
});

test.each<[what: string, deviation: Partial<Life>, parts: { boot: number; idle: number; drain: number }]>([
  [
    'who crashed did not go: that is idle',
    { goesSince: undefined },
    { boot: 1, idle: 5.5, drain: 0.5 - 0.5 },
  ],
  ['who goes at once is not idle', { goesSince: 13 * MINUTE }, { boot: 1, idle: 2, drain: 3.5 }],
  ['who has no wait is not idle', { busy: 15 * MINUTE }, { boot: 1, idle: 0, drain: 0.5 }],
])('%s', (_, deviation, { boot, idle, drain }) => {
  expect(billOf(deviation)).toMatchObject({
    boot: expect.closeTo(boot),
    idle: expect.closeTo(idle),
    drain: expect.closeTo(drain),
  });
  expect(toTotal(billOf(deviation))).toBeCloseTo(16.5);
});

test('who never was ready paid for a boot, all the time', () => {
  const never = { readyAt: undefined, busy: 0, goesSince: undefined, endedAt: 3 * MINUTE };
  expect(billOf(never)).toMatchObject({ boot: expect.closeTo(3), jobs: 0, idle: 0, drain: 0 });
});

test('a minute at least is paid for, and what is added is no boot and no job', () => {
  const short = { readyAt: 10_000, busy: 20_000, goesSince: 30_000, endedAt: 40_000 };
  expect(billOf(short)).toEqual({
    boot: expect.closeTo(10 / 60),
    jobs: expect.closeTo(20 / 60),
    idle: expect.closeTo(0),
    drain: expect.closeTo(30 / 60),
    instanceHours: expect.closeTo(1 / 60),
    instances: 1,
  });
});

test('a life of a minute has nothing added', () => {
  const minute = { readyAt: 10_000, busy: 40_000, goesSince: 50_000, endedAt: MINUTE };
  expect(billOf(minute).drain).toBeCloseTo(10 / 60);
});

test('lives add up, each at its own price', () => {
  const bill = emptyBill();
  addLife(bill, LIFE, PRICE);
  addLife(bill, LIFE, PRICE / 2);
  expect(bill).toMatchObject({
    jobs: expect.closeTo(15),
    instances: 2,
    instanceHours: expect.closeTo(33 / 60),
  });
});
