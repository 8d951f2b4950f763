import type { InstanceRecord } from '../../local/machines/instance';
import { Records } from '../../local/machines/metadata/records';

const LAUNCHED = { instanceId: 'i-1', targetLifecycleState: 'InService' } as InstanceRecord;
const ENDING = { ...LAUNCHED, targetLifecycleState: 'Terminated' } as InstanceRecord;

const makeRecords = (read: () => Promise<InstanceRecord | null>) => {
  const clock = { at: 0, reads: 0 };
  const records = new Records({
    read: () => {
      clock.reads += 1;
      return read();
    },
    now: () => clock.at,
  });
  return { records, clock };
};

test('what the local AWS says now is answered', async () => {
  const { records } = makeRecords(async () => ENDING);
  expect(await records.of(LAUNCHED)).toBe(ENDING);
});

test('several questions at once, or within half a second, are one to the local AWS', async () => {
  const { records, clock } = makeRecords(async () => ENDING);
  await Promise.all([records.of(LAUNCHED), records.of(LAUNCHED)]);
  clock.at = 400;
  await records.of(LAUNCHED);
  expect(clock.reads).toBe(1);
  clock.at = 600;
  await records.of(LAUNCHED);
  expect(clock.reads).toBe(2);
});

test('a local AWS that is too busy to answer: the last record, first of all that of the launch', async () => {
  const { records, clock } = makeRecords(() => new Promise(() => {}));
  expect(await records.of(LAUNCHED)).toBe(LAUNCHED);
  expect(clock.reads).toBe(1);
});

test('a local AWS that fails: the last record', async () => {
  let fails = false;
  const { records, clock } = makeRecords(async () => {
    if (fails) throw new Error('status 500');
    return ENDING;
  });
  await records.of(LAUNCHED);
  fails = true;
  clock.at = 1000;
  expect(await records.of(LAUNCHED)).toBe(ENDING);
});

test('an instance that the local AWS does not know has no record', async () => {
  const { records } = makeRecords(async () => null);
  expect(await records.of(LAUNCHED)).toBeNull();
});
