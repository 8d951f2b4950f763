/** Against a GitLab that answers over HTTP; EC2 is a stand-in for its client. */
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { tidyManagers } from '../../../lambda/housekeeper/managers/tidy-managers';
import { type Served, serve } from '../scaler/serve';
import { fleetSettingsOf } from './perfect';
import { toSystemId } from './to-system-id';

const NOW = Date.parse('2026-11-21T05:00:00Z');
const API_TOKEN = 'api-canary-51';
const RUNNER_TOKEN = ['glrt', 'canary-52'].join('-');
const GONE = 'i-0000000000000000a';
const ALIVE = 'i-0000000000000000b';
const ALSO_GONE = 'i-0000000000000000c';

interface Seen {
  method: string;
  url: string;
  token: string | undefined;
  body: { token?: string; system_id?: string };
}

let gitlab: Served;
let seen: Seen[];
/** Pages of the list, and what a removal answers. */
let pages: unknown[][];
let listStatus: number;
let deleteStatus: (systemId: string) => number;
const ec2 = mockClient(EC2Client);

const row = (instanceId: string) => ({
  id: 1,
  system_id: toSystemId(instanceId),
  created_at: '2026-11-21T03:00:00.000Z',
  contacted_at: '2026-11-21T04:30:00.000Z',
});

beforeEach(async () => {
  seen = [];
  pages = [[row(GONE), row(ALIVE), { ...row(GONE), system_id: 's_0123456789ab' }]];
  listStatus = 200;
  deleteStatus = () => 204;
  const states: Record<string, string> = {
    [GONE]: 'terminated',
    [ALIVE]: 'running',
    [ALSO_GONE]: 'terminated',
  };
  ec2.reset();
  ec2.on(DescribeInstancesCommand).callsFake(({ Filters }) => ({
    Reservations: [
      {
        Instances: Filters[0].Values.map((id: string) => ({ InstanceId: id, State: { Name: states[id] } })),
      },
    ],
  }));
  gitlab = await serve((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const body = text ? JSON.parse(text) : {};
      const { method = '', url = '' } = request;
      seen.push({ method, url, token: request.headers['private-token'] as string | undefined, body });
      if (method === 'DELETE') {
        const status = deleteStatus(body.system_id);
        response.writeHead(status).end(status === 204 ? undefined : '{"message":"403 Forbidden"}');
        return;
      }
      const page = Number(new URL(url, 'http://gitlab').searchParams.get('page'));
      const next = page < pages.length ? String(page + 1) : '';
      response.writeHead(listStatus, { 'x-next-page': next }).end(JSON.stringify(pages[page - 1] ?? {}));
    });
  });
});
afterEach(() => gitlab.close());

const tidy = (
  readToken = async (secret: string) => (secret.includes('/fleet/') ? RUNNER_TOKEN : API_TOKEN),
) =>
  tidyManagers(
    { fetch, ec2: new EC2Client({ region: 'eu-central-1' }), readToken, now: () => NOW },
    fleetSettingsOf({ baseUrl: gitlab.url }),
  );
const removals = () => seen.filter(({ method }) => method === 'DELETE').map(({ body }) => body.system_id);

test('the manager of an instance that is gone is removed with the runner token, and no other', async () => {
  const { done, failures } = await tidy();
  expect({ done, failures }).toEqual({ done: [toSystemId(GONE)], failures: [] });
  expect(seen.map(({ method, url, token, body }) => [method, url.split('?')[0], token, body.token])).toEqual([
    ['GET', '/api/v4/runners/7/managers', API_TOKEN, undefined],
    ['DELETE', '/api/v4/runners/managers', undefined, RUNNER_TOKEN],
  ]);
});

test('every page is read', async () => {
  pages = [[row(GONE)], [row(ALIVE)], [row(ALSO_GONE)]];
  expect((await tidy()).done).toEqual([toSystemId(GONE), toSystemId(ALSO_GONE)]);
});

test('one that is removed already is no failure', async () => {
  deleteStatus = () => 404;
  expect((await tidy()).failures).toEqual([]);
});

test('a removal that GitLab refuses is told, and the others are done', async () => {
  pages = [[row(GONE), row(ALSO_GONE)]];
  deleteStatus = (systemId) => (systemId === toSystemId(GONE) ? 403 : 204);
  const { done, failures } = await tidy();
  expect(done).toEqual([toSystemId(ALSO_GONE)]);
  expect(failures).toEqual([expect.stringMatching(new RegExp(`${GONE}.*403`))]);
});

test('EC2 that does not answer removes nothing', async () => {
  ec2.on(DescribeInstancesCommand).rejects(new Error('throttled'));
  expect((await tidy()).failures).toEqual([expect.stringContaining('throttled')]);
  expect(removals()).toEqual([]);
});

test.each([401, 403, 404, 429, 500])('a list that GitLab answers with %d removes nothing', async (status) => {
  listStatus = status;
  expect((await tidy()).failures).toEqual([expect.stringContaining(String(status))]);
  expect(removals()).toEqual([]);
});

test('half a list removes nothing', async () => {
  pages = [[row(GONE)], [{ system_id: 'x' }]];
  expect((await tidy()).failures).toHaveLength(1);
  expect(removals()).toEqual([]);
});

test('a token that is missing says which, and asks nothing', async () => {
  const { failures } = await tidy(async (secret) => {
    throw new Error(`secret ${secret} is empty`);
  });
  expect(failures).toEqual([expect.stringContaining('api-token')]);
  expect(seen).toEqual([]);
});

test('no token is in what is told', async () => {
  deleteStatus = () => 403;
  const told = JSON.stringify(await tidy());
  expect(told).not.toContain(API_TOKEN);
  expect(told).not.toContain(RUNNER_TOKEN);
});
