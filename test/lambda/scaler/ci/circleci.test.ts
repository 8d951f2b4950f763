import type { IncomingMessage, ServerResponse } from 'node:http';
import { createReadDemand } from '../../../../lambda/scaler/ci/circleci/read-demand';
import type { Token } from '../../../../lambda/scaler/ports';
import { keepTokens } from '../../../../lambda/scaler/secrets/tokens';
import { steadyClock } from '../../../clock/steady-clock';
import { type Served, serve } from '../serve';

const CANARY = 'canary-5f1c0ffee';
type Reply = (request: IncomingMessage, response: ServerResponse) => void;

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Reply =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const text =
  (body: string, status = 200, headers: Record<string, string> = {}): Reply =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);
const hang: Reply = () => {};
const reset: Reply = (request) => request.socket.destroy();
const cut: Reply = (_request, response) => {
  response.writeHead(200, { 'content-length': '1000' }).write('{"unclaimed');
  response.socket?.destroy();
};
const RUNNING = json({ running_runner_tasks: 3 });
const QUEUED = json({ unclaimed_task_count: 5 });

let server: Served;
let requests: { path: string; token: string | undefined }[];
/** Answers in order, by path; the last one repeats. */
let running: Reply[];
let queued: Reply[];
let secret: Token;

beforeEach(async () => {
  requests = [];
  running = [RUNNING];
  queued = [QUEUED];
  secret = { kind: 'token', value: CANARY };
  server = await serve((request, response) => {
    const path = request.url ?? '';
    requests.push({ path, token: request.headers['circle-token'] as string | undefined });
    const replies = path.includes('/tasks/running') ? running : queued;
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    reply?.(request, response);
  });
});
afterEach(() => server.close());

function createReader() {
  const tokens = keepTokens(async () => secret, steadyClock);
  return createReadDemand({ ...steadyClock, tokens, random: () => 0, requestTimeoutMs: 300 });
}
const account = () => ({
  ci: 'circleci' as const,
  baseUrl: server.url,
  apiTokenSecret: 'muster/dev/ci/main/api-token',
});
const queue = { ci: 'circleci' as const, resourceClass: 'acme/linux' };
const askedOf = (given: Partial<ReturnType<typeof account>> = {}) => ({
  account: { ...account(), ...given },
  queue,
  enough: 100,
  round: { fleets: 1, requests: 0 },
});
const read = (reader = createReader(), signal = new AbortController().signal) => reader(askedOf(), signal);

test('running and queued jobs are read, running first', async () => {
  await expect(read()).resolves.toEqual({ kind: 'known', queued: 5, running: 3 });
  expect(requests).toEqual([
    { path: '/api/v3/runner/tasks/running?resource-class=acme%2Flinux', token: CANARY },
    { path: '/api/v3/runner/tasks?resource-class=acme%2Flinux', token: CANARY },
  ]);
});

test('a base URL may end with a slash, and have a path', async () => {
  await createReader()(askedOf({ baseUrl: `${server.url}/behind/` }), new AbortController().signal);
  expect(requests[0]?.path).toMatch(/^\/behind\/api\/v3/);
});

test('zero is a count', async () => {
  running = [json({ running_runner_tasks: 0 })];
  queued = [json({ unclaimed_task_count: 0 })];
  await expect(read()).resolves.toEqual({ kind: 'known', queued: 0, running: 0 });
});

const wrong: [what: string, replies: Reply[], problem: string, requests: number][] = [
  ['401', [json({ message: 'no' }, 401)], 'token-refused', 1],
  ['403', [json({ message: 'no' }, 403)], 'token-refused', 1],
  ['404', [json({ message: 'unknown class' }, 404)], 'class-unknown', 1],
  ['400', [json({ message: 'bad' }, 400)], 'unexpected-answer', 1],
  [
    'a redirect, which would carry the token elsewhere',
    [text('', 302, { location: 'http://x.invalid/' })],
    'unexpected-answer',
    1,
  ],
  ['429', [text('', 429)], 'rate-limited', 2],
  ['429 with a long Retry-After', [text('', 429, { 'retry-after': '30' })], 'rate-limited', 1],
  ['500', [text('oops', 500)], 'server-error', 2],
  ['503 that carries a count', [json({ unclaimed_task_count: 7 }, 503)], 'server-error', 2],
  ['no answer', [hang], 'timeout', 2],
  ['a closed connection', [reset], 'network', 2],
  ['half a body', [cut], 'network', 2],
  ['no JSON', [text('<html>login</html>')], 'unexpected-answer', 1],
  ['an empty body', [text('')], 'unexpected-answer', 1],
  ['null', [json(null)], 'unexpected-answer', 1],
  ['another field', [json({ count: 3 })], 'unexpected-answer', 1],
  ['a negative count', [json({ unclaimed_task_count: -1 })], 'unexpected-answer', 1],
  ['half a job', [json({ unclaimed_task_count: 1.5 })], 'unexpected-answer', 1],
  ['a count as text', [json({ unclaimed_task_count: '5' })], 'unexpected-answer', 1],
  ['a count beyond all numbers', [text('{"unclaimed_task_count":1e999}')], 'unexpected-answer', 1],
];

test.each(wrong)('%s is never a count', async (_what, replies, problem, count) => {
  queued = replies;
  const demand = await read();
  expect(demand).toMatchObject({ kind: 'unknown', problem });
  expect(requests.filter(({ path }) => !path.includes('running'))).toHaveLength(count);
  expect(JSON.stringify(demand)).not.toContain(CANARY);
});

test.each<[what: string, first: Reply]>([
  ['a 500', text('', 500)],
  ['a 429 with a short Retry-After', text('', 429, { 'retry-after': '1' })],
  ['a 429 with a date that has passed', text('', 429, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' })],
  ['a request that hangs', hang],
  ['a closed connection', reset],
])('%s is tried again once within the poll', async (_what, first) => {
  queued = [first, QUEUED];
  await expect(read()).resolves.toMatchObject({ kind: 'known', queued: 5 });
});

test('a server that is not there is a network problem', async () => {
  const demand = await createReader()(
    askedOf({ baseUrl: 'http://127.0.0.1:1' }),
    new AbortController().signal,
  );
  expect(demand).toMatchObject({ kind: 'unknown', problem: 'network' });
});

test('when asked for quiet, the next polls do not ask, for no fleet of the account', async () => {
  running = [text('', 429, { 'retry-after': '30' })];
  const reader = createReader();
  await read(reader);
  const asked = requests.length;
  await expect(read(reader)).resolves.toMatchObject({ kind: 'unknown', problem: 'rate-limited' });
  expect(requests).toHaveLength(asked);
});

test('a token that is refused is read again, and the new one used in the same poll', async () => {
  const reader = createReader();
  await read(reader);
  secret = { kind: 'token', value: 'the-new-one' };
  running = [text('', 401), RUNNING];
  await expect(read(reader)).resolves.toMatchObject({ kind: 'known' });
  expect(requests.at(-1)?.token).toBe('the-new-one');
});

test('a token that stays refused is not tried twice', async () => {
  running = [text('', 401)];
  await expect(read()).resolves.toMatchObject({ kind: 'unknown', problem: 'token-refused' });
  expect(requests).toHaveLength(1);
});

test('without a token nothing is asked', async () => {
  secret = { kind: 'unknown', problem: 'token-missing', detail: 'run make secrets' };
  await expect(read()).resolves.toEqual(secret);
  expect(requests).toEqual([]);
});

test('when the poll is over, the reader gives up at once', async () => {
  running = [hang];
  const over = new AbortController();
  const demand = read(createReader(), over.signal);
  over.abort();
  await expect(demand).resolves.toMatchObject({ kind: 'unknown', problem: 'timeout' });
});
