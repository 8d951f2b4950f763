import type { Token } from '../../../../lambda/scaler/ports';
import { toToken } from '../../../../lambda/scaler/secrets/read-secret';
import { keepTokens } from '../../../../lambda/scaler/secrets/tokens';

const SECRET = 'muster/dev/ci/main/api-token';
let now: number;
let reads: number;
let secret: Token;
const tokens = () =>
  keepTokens(
    async () => {
      reads += 1;
      return secret;
    },
    { now: () => now },
  );
beforeEach(() => {
  now = 0;
  reads = 0;
  secret = { kind: 'token', value: 'one' };
});

test('all fleets of an account share one read', async () => {
  const kept = tokens();
  await Promise.all(Array.from({ length: 100 }, () => kept.read(SECRET)));
  expect(reads).toBe(1);
});
test('a token is kept for five minutes', async () => {
  const kept = tokens();
  await kept.read(SECRET);
  now = 299_999;
  await kept.read(SECRET);
  expect(reads).toBe(1);
  now = 300_000;
  secret = { kind: 'token', value: 'two' };
  await Promise.all([kept.read(SECRET), kept.read(SECRET)]);
  await expect(kept.read(SECRET)).resolves.toEqual(secret);
  expect(reads).toBe(2);
});
test('a secret that cannot be read is asked for again in the next poll', async () => {
  const kept = tokens();
  secret = { kind: 'unknown', problem: 'token-missing', detail: '' };
  await Promise.all([kept.read(SECRET), kept.read(SECRET)]);
  expect(reads).toBe(1);
  now = 10_000;
  secret = { kind: 'token', value: 'one' };
  await expect(kept.read(SECRET)).resolves.toEqual(secret);
});
test('a hundred fleets that are refused read it again once', async () => {
  const kept = tokens();
  await kept.read(SECRET);
  secret = { kind: 'token', value: 'two' };
  const renewed = await Promise.all(Array.from({ length: 100 }, () => kept.renew(SECRET, 'one')));
  expect(new Set(renewed.map((token) => JSON.stringify(token))).size).toBe(1);
  expect(renewed[0]).toEqual(secret);
  expect(reads).toBe(2);
});
test('a token that stays refused is read again once a minute', async () => {
  const kept = tokens();
  for (; now < 120_000; now += 10_000) await kept.renew(SECRET, 'one');
  expect(reads).toBe(3);
});

test.each([
  ['no string', undefined],
  ['nothing', ''],
  ['only space', ' \n'],
  ['two lines', 'canary-1\ncanary-2'],
  ['a letter that no header takes', 'canary-ü'],
])('a secret with %s is a missing token, which its text does not show', (_what, text) => {
  const token = toToken(SECRET, text);
  expect(token).toMatchObject({ kind: 'unknown', problem: 'token-missing' });
  expect(JSON.stringify(token)).not.toContain('canary');
  expect(JSON.stringify(token)).toContain('make secrets ACCOUNT=main');
});
test('space around a token is not part of it', () => {
  expect(toToken(SECRET, ' abc\n')).toEqual({ kind: 'token', value: 'abc' });
});
