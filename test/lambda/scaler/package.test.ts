/** The package as it is deployed: bundled, run by node on its own, against servers of this machine. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { BUNDLE, serialize } from '../../../lambda/scaler/settings';
import { groupsXml, groupXml, namesOf, type Params, serveAws } from './aws-server';
import { envSettingsOf, settingsOf } from './perfect';
import { type Served, serve } from './serve';

const CANARY = 'canary-0dd5eed5';
let directory: string;
let aws: Served & { calls: Params[] };
let ci: Served;
let status: number;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-scaler-'));
  buildSync({
    entryPoints: [join(__dirname, '../../../lambda/scaler/index.ts')],
    outfile: join(directory, 'index.js'),
    ...BUNDLE,
    mainFields: [...BUNDLE.mainFields],
    logLevel: 'error',
  });
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
  const settings = envSettingsOf([settingsOf({ name: 'a', group: 'muster-dev-a', max: 5 })]);
  const main = settings.accounts.main;
  if (main) main.baseUrl = ci.url;
  writeFileSync(join(directory, 'settings.json'), serialize(settings));
});
afterEach(async () => {
  await aws.close();
  await ci.close();
});

/** Calls the handler once, with time for one poll, and tells all that the process said. */
const invoke = () =>
  new Promise<{ error: Error | null; output: string }>((resolve) => {
    const call = `require('./index.js').handler({}, { getRemainingTimeInMillis: () => 1000 }).then(() => process.exit(0), (error) => { console.error(error); process.exit(1); })`;
    const env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_LAMBDA_FUNCTION_NAME: 'muster-dev-scaler',
    };
    execFile(process.execPath, ['-e', call], { cwd: directory, env }, (error, stdout, stderr) =>
      resolve({ error, output: stdout + stderr }),
    );
  });
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

test('it is smaller than 500 KB', () => {
  expect(statSync(join(directory, 'index.js')).size).toBeLessThan(500_000);
});
