/** The package as it is deployed: bundled, run by node on its own, against an AWS of this machine. */

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from '../../../lambda/webhook/settings';
import { bundle, call } from '../scaler/bundled';
import { type Served, serve } from '../scaler/serve';

const CANARY = 'canary-of-the-hook';
let directory: string;
let aws: Served;
let invocations: { path: string | undefined; type: unknown; body: string }[];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-webhook-'));
  bundle('webhook', directory);
  const accounts = { acme: { secret: 'muster/dev/ci/acme/webhook-secret' } };
  writeFileSync(
    join(directory, 'settings.json'),
    serialize({ environment: 'dev', scalerFunction: 'muster-dev-scaler', accounts }),
  );
});
afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(async () => {
  invocations = [];
  aws = await serve(async (request, response) => {
    const body = await textOf(request);
    if (request.headers['x-amz-target'] !== undefined)
      return response.end(JSON.stringify({ SecretString: CANARY }));
    invocations.push({ path: request.url, type: request.headers['x-amz-invocation-type'], body });
    return response.writeHead(202).end();
  });
});
afterEach(() => aws.close());

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
/** As a function URL sends it (payload format 2.0). */
const eventOf = (token: string) => ({
  version: '2.0',
  rawPath: '/acme',
  rawQueryString: '',
  headers: { 'x-gitlab-token': token, 'content-type': 'application/json' },
  requestContext: { http: { method: 'POST', path: '/acme' } },
  body: Buffer.from('{"object_kind":"build","build_status":"pending"}').toString('base64'),
  isBase64Encoded: true,
});

test('it has the scaler called asynchronously, with the account', async () => {
  const { error, output } = await call(directory, eventOf(CANARY), aws.url);
  expect(error).toBeNull();
  expect(output).toContain('"statusCode":202');
  expect(output).not.toContain(CANARY);
  expect(invocations).toEqual([
    {
      path: expect.stringMatching(/\/functions\/muster-dev-scaler\/invocations$/),
      type: 'Event',
      body: '{"wake":"acme"}',
    },
  ]);
});

test('it calls nobody for a stranger', async () => {
  const { output } = await call(directory, eventOf('guessed'), aws.url);
  expect(output).toContain('"statusCode":401');
  expect(invocations).toEqual([]);
});

test('it is smaller than 500 KB', () => {
  expect(statSync(join(directory, 'index.js')).size).toBeLessThan(500_000);
});
