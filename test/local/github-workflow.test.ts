/** The workflow stand-in runs an action as GitHub's runner does: inputs, files, masks, cancelling, post, second job. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePairs } from '../../local/ci/github/hosted/command-files';
import { runWorkflow } from '../../local/ci/github/workflow';
import type { WorkflowOptions } from '../../local/ci/github/workflow-options';
import { GithubBench, LABEL, REPOSITORY } from './github-bench';
import { until } from './until';

const ACTION = `
name: Start
inputs:
  rule: { required: true }
  app-id: { default: '' }
  github-token: { default: '\${{ github.token }}' }
  job-status: { default: '\${{ job.status }}' }
runs: { using: node24, main: dist/main.js, post: dist/post.js }
`;
const SECRET = ['two lines', 'of a secret'].join('\n');

let bench: GithubBench;
let folder: string;
beforeEach(async () => {
  bench = await GithubBench.start();
  folder = mkdtempSync(join(tmpdir(), 'muster-action-'));
  mkdirSync(join(folder, 'dist'));
});
afterEach(async () => {
  await bench.stop();
  rmSync(folder, { recursive: true, force: true });
});

const PREAMBLE = `
const { appendFileSync } = require('node:fs');
const say = (file, text) => appendFileSync(process.env[file], text + '\\n');
const input = (name) => process.env['INPUT_' + name.toUpperCase()];
`;
const PUTS_OUT = `say('GITHUB_OUTPUT', 'label=${LABEL}'); say('GITHUB_STATE', 'id=7');`;
const POST = `console.log('post', process.env.STATE_id, input('job-status'));`;

/** Plays a workflow with an action of these two scripts. */
function play(main: string, changes: Partial<WorkflowOptions> = {}, post = POST) {
  writeFileSync(join(folder, 'action.yml'), ACTION);
  writeFileSync(join(folder, 'dist', 'main.js'), PREAMBLE + main);
  writeFileSync(join(folder, 'dist', 'post.js'), PREAMBLE + post);
  return runWorkflow({
    github: bench.github,
    awsUrl: 'http://127.0.0.1:9',
    region: 'eu-central-1',
    run: { repository: REPOSITORY },
    roleArn: null,
    actionDir: folder,
    inputs: { rule: 'app' },
    work: null,
    ...changes,
  });
}

test('the action has its inputs, and its post step its state and what has become of the job', async () => {
  const result = await play(`
    ${PUTS_OUT}
    console.log(input('rule'), input('app-id') === '', process.env.GITHUB_REPOSITORY);
    console.log(process.env.GITHUB_API_URL, process.env.JEST_WORKER_ID);
    say('GITHUB_STEP_SUMMARY', '# done');
  `);
  expect(result).toMatchObject({
    conclusion: 'success',
    work: null,
    start: { outputs: { label: LABEL }, summary: '# done\n', conclusion: 'success' },
  });
  expect(result.start.log).toContain(`app true ${REPOSITORY}\n${bench.url} undefined\n`);
  expect(result.start.log).toContain('post 7 success\n');
  expect(result.start.steps).toEqual([
    { name: 'Start', status: 'completed', conclusion: 'success' },
    { name: 'Post Start', status: 'completed', conclusion: 'success' },
  ]);
});

test('secrets and what the action masks are not in the log, whatever writes them', async () => {
  const result = await play(
    `
    console.log(input('app-id'), input('github-token').length > 20, input('github-token'));
    console.log('::add-mask::minted%0Asecret');
    console.error('minted', 'secret');
  `,
    { secrets: { 'app-id': SECRET } },
  );
  expect(result.start.log).not.toMatch(/two lines|of a secret|minted|ghs_/);
  expect(result.start.log).toContain('true ***');
});

test('an action that fails fails the job, its post step runs, and the second job is skipped', async () => {
  const result = await play(`${PUTS_OUT} console.log('::error::no capacity'); process.exit(1);`, {
    afterwards: ['echo never'],
    work: {},
  });
  expect(result).toMatchObject({ conclusion: 'failure', work: null });
  expect(result.start.log).toContain('##[error]no capacity\n');
  expect(result.start.log).toContain('post 7 failure\n');
  expect(result.start.steps.map(({ conclusion }) => conclusion)).toEqual(['failure', 'skipped', 'success']);
  const jobs = await bench.github.readJobs();
  expect(jobs).toMatchObject([{ name: 'start', state: 'failed', conclusion: 'failure' }]);
});

test('while post runs, the API shows which step has failed', async () => {
  const post = `
    const { GITHUB_API_URL: url, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run, RUNNER_NAME: name } = process.env;
    const headers = { authorization: 'Bearer ' + input('github-token') };
    fetch(url + '/repos/' + repository + '/actions/runs/' + run + '/jobs', { headers })
      .then((answer) => answer.json())
      .then(({ jobs }) => jobs.find((job) => job.runner_name === name))
      .then(({ status, steps }) => console.log(status, steps.map(({ conclusion }) => conclusion).join()));
  `;
  const result = await play(PUTS_OUT, { afterwards: ['exit 3'] }, post);
  expect(result.start.log).toContain('in_progress success,failure,\n');
  expect(result.start.log).toContain('##[error]Process completed with exit code 3.');
  expect(result.conclusion).toBe('failure');
});

describe('a cancelled run', () => {
  async function cancelWhen(shown: string, main: string, changes: Partial<WorkflowOptions> = {}) {
    const cancel = new AbortController();
    const onLog = (line: string) => {
      if (line.includes(shown)) cancel.abort();
    };
    return play(main, { signal: cancel.signal, onLog, work: {}, ...changes });
  }

  test('interrupts the action, lets it end, and runs its post step', async () => {
    const result = await cancelWhen(
      'ready',
      `${PUTS_OUT}
       process.on('SIGINT', () => { console.log('interrupted'); process.exit(0); });
       setInterval(() => {}, 1000); console.log('ready');`,
    );
    expect(result).toMatchObject({ conclusion: 'cancelled', work: null });
    expect(result.start.log).toMatch(/interrupted\n(.*\n)*post 7 cancelled/);
    expect(result.start.steps.map(({ conclusion }) => conclusion)).toEqual(['cancelled', 'success']);
  });

  test('ends who does not listen, with all that it started', async () => {
    const result = await cancelWhen(
      'ready',
      `process.on('SIGINT', () => {});
       process.on('SIGTERM', () => console.log('terminated'));
       require('node:child_process').spawn('sleep', ['600'], { stdio: 'inherit' });
       setInterval(() => {}, 1000); console.log('ready');`,
      { cancelTimes: { interruptMs: 100, terminateMs: 5000 } },
    );
    expect(result.start.log).toContain('terminated');
    expect(result.start.conclusion).toBe('cancelled');
  });

  test('cancels the second job that waits', async () => {
    const cancel = new AbortController();
    const played = play(PUTS_OUT, { work: {}, signal: cancel.signal });
    await until(
      'queued',
      () => bench.github.readJobs(),
      (jobs) => jobs.length === 2,
    );
    cancel.abort();
    expect(await played).toMatchObject({ conclusion: 'cancelled', work: { conclusion: 'cancelled' } });
  });
});

test('the second job goes to the runner with the label that came out', async () => {
  const runner = await bench.minted();
  await runner.connect();
  const played = play(PUTS_OUT, { work: { command: 'make' } });
  const job = await runner.takeJob();
  expect(job).toMatchObject({ name: 'work', command: 'make' });
  await runner.finish(job, 'success');
  expect(await played).toMatchObject({
    conclusion: 'success',
    work: { runner: LABEL, labels: ['self-hosted', LABEL], runs: 1 },
  });
});

test('a second job that nobody takes is cancelled after its limit', async () => {
  const result = await play(PUTS_OUT, { work: {}, workLimitSeconds: 0 });
  expect(result.work).toMatchObject({ state: 'failed', conclusion: 'cancelled' });
});

test('an input that the action does not have is a mistake of the workflow', async () => {
  const result = await play('', { inputs: { roll: 'app' } });
  expect(result.start.log).toContain("Unexpected input(s) 'roll'");
  expect(result.conclusion).toBe('failure');
});

describe('the login to AWS', () => {
  /** Answers as STS does, and keeps what it was asked. */
  async function withSts<T>(status: number, body: string, run: (url: string, asked: string[]) => Promise<T>) {
    const asked: string[] = [];
    const server = createServer((request, answer) => {
      let text = '';
      request.on('data', (piece) => {
        text += piece;
      });
      request.once('end', () => {
        asked.push(text);
        answer.writeHead(status, { 'content-type': 'text/xml' }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const roleArn = 'arn:aws:iam::123456789012:role/muster-dev-github-app';

  test('is made with a token for AWS, and its credentials are for the steps, not for the log', async () => {
    const body = `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
      <AccessKeyId>key-id-of-a-test</AccessKeyId><SecretAccessKey>key-of-a-test</SecretAccessKey>
      <SessionToken>session-of-a-test</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration>
      </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
    await withSts(200, body, async (awsUrl, asked) => {
      const result = await play(
        `console.log(process.env.AWS_REGION, process.env.AWS_SESSION_TOKEN.length, process.env.AWS_SECRET_ACCESS_KEY);`,
        { awsUrl, roleArn, run: { repository: REPOSITORY, environment: 'runners' } },
      );
      expect(result.start.log).toContain('eu-central-1 17 ***\n');
      const [, , claims = ''] = /WebIdentityToken=([^.]+)\.([^.]+)/.exec(asked[0] ?? '') ?? [];
      expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
        aud: 'sts.amazonaws.com',
        sub: `repo:${REPOSITORY}:environment:runners`,
      });
      expect(result.conclusion).toBe('success');
    });
  });

  test('that is refused ends the job before the action', async () => {
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>
      <Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>`;
    await withSts(403, body, async (awsUrl) => {
      const result = await play(PUTS_OUT, { awsUrl, roleArn });
      expect(result.start.log).toContain('Could not assume role with OIDC: Not authorized to perform');
      expect(result.start.steps.map(({ name, conclusion }) => [name, conclusion])).toEqual([
        ['Configure AWS credentials', 'failure'],
        ['Start', 'skipped'],
      ]);
    });
  });
});

test.each([
  ['a line', 'a=b=c\n', { a: 'b=c' }],
  ['lines between delimiters', 'a<<END\n1\n2\nEND\nb=\n', { a: '1\n2', b: '' }],
  ['an empty value between delimiters', 'a<<END\nEND\n', { a: '' }],
])('a command file holds %s', (_, text, pairs) => {
  expect(parsePairs(text)).toEqual(pairs);
});

test.each(['nonsense', 'a<<END\n1\n'])('a command file of %j fails the step', (text) => {
  expect(() => parsePairs(text)).toThrow(/Invalid/);
});
