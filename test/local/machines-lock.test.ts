/** What is made once is made by one process at a time, and a maker that died is in nobody's way. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAbandoned, withLock } from '../../local/machines/lock';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a second maker waits for the first', async () => {
  const order: string[] = [];
  const lock = join(folder, 'image.lock');
  const make = (name: string) =>
    withLock(
      lock,
      () => order.push(`${name} waits`),
      async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(`${name} ends`);
      },
    );
  await Promise.all([make('first'), make('second')]);
  expect(order.filter((line) => !line.includes('waits'))).toEqual([
    'first begins',
    'first ends',
    'second begins',
    'second ends',
  ]);
});

test('the lock of a dead maker is taken over', async () => {
  const lock = join(folder, 'image.lock');
  mkdirSync(lock);
  writeFileSync(join(lock, 'owner'), '999999999 1');
  await expect(
    withLock(
      lock,
      () => {},
      async () => 'made',
    ),
  ).resolves.toBe('made');
});

test('the lock of a maker in another PID namespace is believed for half an hour', async () => {
  mkdirSync(join(folder, 'image.building'));
  mkdirSync(join(folder, 'image.lock'));
  const owner = join(folder, 'image.lock', 'owner');
  writeFileSync(owner, '2 1 pid:[1]');
  removeAbandoned(folder);
  expect(existsSync(join(folder, 'image.building'))).toBe(true);
  const longAgo = new Date(Date.now() - 31 * 60_000);
  utimesSync(owner, longAgo, longAgo);
  removeAbandoned(folder);
  expect(existsSync(join(folder, 'image.building'))).toBe(false);
});

test('a lock is given back when making fails', async () => {
  const lock = join(folder, 'image.lock');
  await expect(
    withLock(
      lock,
      () => {},
      () => Promise.reject(new Error('no')),
    ),
  ).rejects.toThrow('no');
  expect(existsSync(lock)).toBe(false);
});

test('what a dead maker left half made is removed, what is being made stays', async () => {
  for (const name of ['dead.building', 'alive.building']) mkdirSync(join(folder, name));
  await withLock(
    join(folder, 'alive.lock'),
    () => {},
    async () => removeAbandoned(folder),
  );
  expect(['dead.building', 'alive.building'].map((name) => existsSync(join(folder, name)))).toEqual([
    false,
    true,
  ]);
});
