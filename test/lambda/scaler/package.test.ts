/** The package as it is deployed: bundled, run by node on its own, against servers of this machine. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Settings, serialize } from '../../../lambda/scaler/settings';
import { groupsXml, groupXml, namesOf, type Params, serveAws } from './aws-server';
import { bundle, call } from './bundled';
import { jobsOf, serveGitlab } from './ci/gitlab-server';
import { envSettingsOf, settingsOf } from './perfect';
import { type Served, serve } from './serve';

const CANARY = 'canary-0dd5eed5';
let directory: string;
let aws: Served & { calls: Params[] };
let ci: Served;
let status: number;
let settings: Settings;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-scaler-'));
  bundle('scaler', directory);
});
afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(async () => {
  status = 200;
  aws = await serveAws((params) => {
    if (params.Action?.includes('GetSecretValue')) return { json: { SecretString: CANARY } };
    return {
      xml: groupsXml(namesOf(params).map((name) => groupXml(name, { states: ['InService', 'InService'] }))),
    };
  });
  ci = await serve((request, response) => {
    const running = request.url?.includes('running');
    response.writeHead(status).end(running ? '{"running_runner_tasks":2}' : '{"unclaimed_task_count":4}');
  });
  settings = envSettingsOf([settingsOf({ name: 'a', group: 'muster-dev-a', max: 5 })]);
  const main = settings.accounts.main;
  if (main) main.baseUrl = ci.url;
});
afterEach(async () => {
  await aws.close();
  await ci.close();
});

const invoke = (event: unknown = {}) => {
  writeFileSync(join(directory, 'settings.json'), serialize(settings));
  return call(directory, event, aws.url);
};
const desiredSet = () =>
  aws.calls.filter(({ Action }) => Action === 'SetDesiredCapacity').map((params) => params.DesiredCapacity);
const parsed = (output: string): Record<string, unknown>[] =>
  output.split('\n').flatMap((line) => (line.startsWith('{"') ? JSON.parse(line) : []));

test('it reads the queue, grows the group and says so', async () => {
  const { error, output } = await invoke();
  expect(error).toBeNull();
  expect(aws.calls.find(({ Action }) => Action === 'SetDesiredCapacity')).toMatchObject({
    DesiredCapacity: '5',
  });
  expect(parsed(output)).toContainEqual(
    expect.objectContaining({
      level: 'INFO',
      message: 'a: grow to 5, at-max',
      fleet: 'a',
      environment: 'dev',
    }),
  );
});

test('its metrics have the dimensions that alarms look for, and no others', async () => {
  const { output } = await invoke();
  const metrics = parsed(output).find((line) => '_aws' in line);
  expect(metrics).toMatchObject({
    _aws: { CloudWatchMetrics: [{ Namespace: 'Muster', Dimensions: [['Environment', 'Fleet']] }] },
    Environment: 'dev',
    Fleet: 'a',
    Queued: 4,
    Running: 2,
    Desired: 4,
    InService: 2,
    Unknown: 0,
    Blocked: 0,
  });
});

test.each([200, 401, 500])(
  'the token is nowhere in what it says, whatever the CI answers (%d)',
  async (given) => {
    status = given;
    const { error, output } = await invoke();
    expect(error === null).toBe(given === 200);
    expect(output).not.toContain(CANARY);
  },
);

test('it fails, naming fleet and reason, when the CI refuses the token', async () => {
  status = 401;
  const { output } = await invoke();
  expect(output).toMatch(/a: demand-unknown, token-refused in 1 of 1 polls/);
  expect(aws.calls.map(({ Action }) => Action)).not.toContain('SetDesiredCapacity');
});

test('woken for an account it polls once and publishes no metrics', async () => {
  const { error, output } = await invoke({ wake: 'main' });
  expect(error).toBeNull();
  expect(desiredSet()).toEqual(['5']);
  expect(output).not.toContain('_aws');
});

test.each([{ wake: 'nobody' }, { wake: 7 }, 'wake'])(
  'an event that makes no sense is told, and nothing is done: %j',
  async (event) => {
    const { error, output } = await invoke(event);
    expect(error).not.toBeNull();
    expect(output).toMatch(/nobody|nothing was polled/);
    expect(aws.calls).toEqual([]);
  },
);

test('it follows the queue of a GitLab fleet, and tells its token to nobody', async () => {
  const gitlab = await serveGitlab();
  gitlab.running = 2;
  gitlab.projects = { 'acme/app': { pending: jobsOf(3) } };
  const queue = { ci: 'gitlab' as const, runnerId: 7, projects: ['acme/app'], groups: [] };
  const account = { ci: 'gitlab' as const, baseUrl: gitlab.url, apiTokenSecret: 'x', requestsPerMinute: 300 };
  settings = envSettingsOf([settingsOf({ name: 'a', group: 'muster-dev-a', max: 50, queue })], {
    accounts: { main: account },
  });
  const { error, output } = await invoke();
  await gitlab.close();
  expect(error).toBeNull();
  expect(desiredSet()).toEqual(['5']);
  expect(output).not.toContain(CANARY);
});

test('it is smaller than 500 KB', () => {
  expect(statSync(join(directory, 'index.js')).size).toBeLessThan(500_000);
});
