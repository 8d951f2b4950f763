import type { Token } from '../../../lambda/scaler/ports';
import { keepTokens } from '../../../lambda/scaler/secrets/tokens';
import { createWebhook, type Ports } from '../../../lambda/webhook/webhook';

const SECRET = 'canary-of-the-hook';
let now: number;
let secret: Token;
let reads: number;
let woken: string[];
let lines: unknown[];
let given: Partial<Ports>;

beforeEach(() => {
  now = Date.parse('2026-11-18T12:00:00Z');
  secret = { kind: 'token', value: SECRET };
  reads = 0;
  woken = [];
  lines = [];
  given = {};
});

function create() {
  const readSecret = async () => {
    reads += 1;
    return secret;
  };
  return createWebhook(
    {
      environment: 'dev',
      scalerFunction: 'muster-dev-scaler',
      accounts: { acme: { secret: 'muster/dev/ci/acme/webhook-secret' }, other: { secret: 'x' } },
    },
    {
      now: () => now,
      secrets: keepTokens(readSecret, { now: () => now }),
      wakeScaler: async (account) => {
        woken.push(account);
      },
      log: { info: (...line) => lines.push(line), warn: (...line) => lines.push(line) },
      ...given,
    },
  );
}
const PENDING = { object_kind: 'build', build_status: 'pending', build_id: 1, project_id: 2 };
const eventOf = (change: object = {}, hook: unknown = PENDING) => ({
  rawPath: '/acme',
  headers: { 'x-gitlab-token': SECRET, 'x-gitlab-event': 'Job Hook' } as Record<string, string>,
  body: typeof hook === 'string' ? hook : JSON.stringify(hook),
  isBase64Encoded: false,
  requestContext: { http: { method: 'POST' } },
  ...change,
});
const post = async (change: object = {}, hook: unknown = PENDING, webhook = create()) =>
  (await webhook(eventOf(change, hook))).statusCode;

test('a job that waits wakes the scaler for its account', async () => {
  expect(await post()).toBe(202);
  expect(woken).toEqual(['acme']);
});
test('a body may come in base64', async () => {
  const body = Buffer.from(JSON.stringify(PENDING)).toString('base64');
  expect(await post({ body, isBase64Encoded: true })).toBe(202);
  expect(woken).toEqual(['acme']);
});
test.each(['/acme', '/acme/', '//acme'])('the path names the account: %s', async (rawPath) => {
  expect(await post({ rawPath })).toBe(202);
});

test.each<[what: string, change: object, hook: unknown, status: number]>([
  ['another method', { requestContext: { http: { method: 'GET' } } }, PENDING, 405],
  ['an event that is none of a function URL', { requestContext: undefined }, PENDING, 405],
  ['an event without path and headers', { rawPath: undefined, headers: undefined }, PENDING, 404],
  ['no account', { rawPath: '/' }, PENDING, 404],
  ['an unknown account', { rawPath: '/nobody' }, PENDING, 404],
  ['an account that every object has', { rawPath: '/constructor' }, PENDING, 404],
  ['another secret', { headers: { 'x-gitlab-token': `${SECRET}x` } }, PENDING, 401],
  ['the beginning of the secret', { headers: { 'x-gitlab-token': SECRET.slice(0, -1) } }, PENDING, 401],
  ['no secret', { headers: {} }, PENDING, 401],
  ['a wrong secret before a wrong body', { headers: {} }, 'no JSON', 401],
  ['no body', { body: undefined }, PENDING, 400],
  ['no JSON', {}, '<html>', 400],
  ['no object', {}, [PENDING], 400],
  ['a huge body', {}, { ...PENDING, more: 'x'.repeat(1_000_001) }, 413],
  ['a job that is only created', {}, { ...PENDING, build_status: 'created' }, 204],
  ['a job that runs', {}, { ...PENDING, build_status: 'running' }, 204],
  ['another event', {}, { ...PENDING, object_kind: 'push' }, 204],
  ['a status that is no text', {}, { ...PENDING, build_status: ['pending'] }, 204],
])('%s wakes nobody', async (_what, change, hook, status) => {
  expect(await post(change, hook)).toBe(status);
  expect(woken).toEqual([]);
});

test('the secret is nowhere in what is answered or logged', async () => {
  const webhook = create();
  const replies = [
    await webhook(eventOf()),
    await webhook(eventOf({ headers: { 'x-gitlab-token': `${SECRET}x` } })),
  ];
  expect(JSON.stringify([replies, lines])).not.toContain(SECRET);
});

test('many events within five seconds wake once, and later ones again', async () => {
  const webhook = create();
  for (let i = 0; i < 20; i++) expect(await post({}, PENDING, webhook)).toBe(202);
  expect(woken).toEqual(['acme']);
  now += 5_000;
  await post({}, PENDING, webhook);
  expect(woken).toEqual(['acme', 'acme']);
});
test('one account does not keep another asleep', async () => {
  const webhook = create();
  await post({}, PENDING, webhook);
  await post({ rawPath: '/other' }, PENDING, webhook);
  expect(woken).toEqual(['acme', 'other']);
});
test('a scaler that could not be woken is tried again with the next event', async () => {
  given.wakeScaler = async () => {
    throw new Error('TooManyRequestsException');
  };
  const webhook = create();
  expect([await post({}, PENDING, webhook), await post({}, PENDING, webhook)]).toEqual([502, 502]);
});

test('the secret is read once for many events', async () => {
  const webhook = create();
  for (let i = 0; i < 20; i++) await post({}, PENDING, webhook);
  expect(reads).toBe(1);
});
test('a secret that was changed works at once', async () => {
  const webhook = create();
  await post({}, PENDING, webhook);
  secret = { kind: 'token', value: 'the-new-one' };
  expect(await post({ headers: { 'x-gitlab-token': 'the-new-one' } }, PENDING, webhook)).toBe(202);
});
test('who guesses does not make it read the secret each time', async () => {
  const webhook = create();
  for (let i = 0; i < 20; i++) await post({ headers: { 'x-gitlab-token': `guess-${i}` } }, PENDING, webhook);
  expect(reads).toBe(2);
});
test('a secret that cannot be read is no secret', async () => {
  secret = { kind: 'unknown', problem: 'token-missing', detail: 'run make secrets' };
  expect(await post()).toBe(503);
  expect(await post({ headers: {} })).toBe(503);
  expect(woken).toEqual([]);
});
