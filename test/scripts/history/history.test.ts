/** The script itself, as a process: what it writes, what it says, and that the token is in none of it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { parseTrace } from '../../../simulate/csv';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { writeConfigDirectory } from '../config-directory';
import { runScript } from '../run-script';
import { makeTemporaryDirectory } from '../temporary-file';
import { type FakeCircleci, jobOf, pipelineOf, reply, serveCircleci, TOKEN } from './circleci-server';
import { NOW } from './world';

const SECRET = 'muster/dev/ci/main/api-token';
let aws: LocalAws;
let secrets: SecretsManagerClient;
let circleci: FakeCircleci;
beforeAll(async () => {
  aws = await startLocalAws();
  secrets = new SecretsManagerClient(aws.client);
  await secrets.send(new CreateSecretCommand({ Name: SECRET, SecretString: `${TOKEN}\n` }));
});
afterAll(() => aws?.stop());
beforeEach(async () => {
  circleci = await serveCircleci();
  // The process has the time of this machine.
  const shift = (NOW - Date.now()) / 1000;
  const before = (seconds: number) => seconds + shift;
  const times = { queued: before(7_200), started: before(7_140), stopped: before(6_840) };
  circleci.pipelines = ['app', 'lib'].map((name, number) =>
    pipelineOf({
      id: name,
      slug: `gh/acme/${name}`,
      created: before(7_300),
      workflows: [[jobOf({ number, ...times }), jobOf({ number: 9, class: 'large', ...times })]],
    }),
  );
});
afterEach(() => circleci.close());

async function run(
  variables: Record<string, string> = {},
  out = join(makeTemporaryDirectory(), 'trace.csv'),
) {
  const directory = writeConfigDirectory((raw) => {
    raw.accounts.main.baseUrl = circleci.url;
  });
  const result = await runScript('history', {
    aws,
    variables: { MUSTER_CONFIG_DIR: directory, OUT: out, ...variables },
  });
  expect(result.output).not.toContain('canary');
  return { ...result, out };
}

test('it writes a trace of the fleet, and says what is in it and what to do with it', async () => {
  const { status, output, out } = await run();
  expect({ status, output }).toMatchObject({
    status: 0,
    output: expect.stringMatching(/linux +2 +5\.0 min/),
  });
  expect(output).toContain(`make simulate ENV=dev FLEET=linux TRACE=${out}`);
  const { jobs, problems } = parseTrace(readFileSync(out, 'utf8'));
  expect(problems).toEqual([]);
  expect(jobs.get('linux')?.map(({ duration }) => duration)).toEqual([300, 300]);
  expect(existsSync(`${out}.partial`)).toBe(false);
});

test('when it fails what was read stays, and the next run asks for the rest only', async () => {
  const broken = (path: string, response: Parameters<typeof reply>[0]) =>
    path.includes('/pipeline/lib/') && reply(response, 400, { message: 'no' });
  circleci.instead.push(broken);
  const first = await run();
  expect(first.status).toBe(1);
  expect(first.output).toMatch(/status 400[\s\S]*run the same again/);
  expect(first.output).not.toMatch(/\n\s+at /);
  expect(existsSync(first.out)).toBe(false);

  circleci.instead = [];
  circleci.asked.length = 0;
  const second = await run({}, first.out);
  expect({ ...second }).toMatchObject({ status: 0, output: expect.stringContaining('is gone on with') });
  expect(circleci.asked.join()).not.toContain('/pipeline/app/');
  expect(parseTrace(readFileSync(second.out, 'utf8')).jobs.get('linux')).toHaveLength(2);
});

test('without a job of the fleet nothing is written, and it says what it saw instead', async () => {
  for (const job of circleci.pipelines.flatMap(({ workflows }) => workflows.flat())) job.class = 'large';
  const { status, output, out } = await run();
  expect({ status, output }).toMatchObject({
    status: 1,
    output: expect.stringContaining('resource class large ('),
  });
  expect(output).toMatch(/looked for acme\/linux/);
  expect(existsSync(out)).toBe(false);
});

test('without a token it says how to store one', async () => {
  await secrets.send(new PutSecretValueCommand({ SecretId: SECRET, SecretString: ' ' }));
  const { status, output } = await run();
  expect({ status, output }).toMatchObject({
    status: 1,
    output: expect.stringContaining('make secrets ACCOUNT=main'),
  });
  expect(circleci.asked).toEqual([]);
});
