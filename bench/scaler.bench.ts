/** The scaler: package size, cold import, and one tick over 1, 100 and 1,000 fleets against servers of this machine. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { type AccountSettings, BUNDLE, type Queue, serialize } from '../lambda/scaler/settings';
import { groupsXml, groupXml, namesOf, serveAws } from '../test/lambda/scaler/aws-server';
import { jobOf, serveGitlab } from '../test/lambda/scaler/ci/gitlab-server';
import { envSettingsOf, ids, settingsOf } from '../test/lambda/scaler/perfect';
import { serve } from '../test/lambda/scaler/serve';

const LIMITS = { packageKb: 500, tickMb: 256 };
const REPEATS = 3;
/** Of the GitLab account. */
const PROJECTS = 200;
const directory = mkdtempSync(join(tmpdir(), 'muster-bench-'));
const build = (entry: string, outfile: string) =>
  buildSync({
    entryPoints: [join(__dirname, entry)],
    outfile,
    ...BUNDLE,
    mainFields: [...BUNDLE.mainFields],
  });

/** Milliseconds that node takes for this, the least of some: what a busy machine adds is not ours. */
function coldMs(code: string): number {
  const times = Array.from({ length: REPEATS }, () => {
    const begin = performance.now();
    execFileSync(process.execPath, ['-e', code], {
      cwd: directory,
      env: { AWS_REGION: 'eu-central-1' },
      stdio: 'ignore',
    });
    return performance.now() - begin;
  });
  return Math.round(Math.min(...times));
}

interface Tick {
  ms: number;
  cpu: number;
  late: number;
  mb: number;
}
async function tick(args: string[], env: Record<string, string> = {}): Promise<Tick> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', join(directory, 'tick.js'), ...args],
    {
      env: { AWS_LAMBDA_FUNCTION_NAME: 'bench', ...env },
      maxBuffer: 64e6,
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

async function main() {
  const bundle = join(directory, 'index.js');
  build('../lambda/scaler/index.ts', bundle);
  build('scaler-tick.ts', join(directory, 'tick.js'));
  const writeSettings = (fleets: number, account: AccountSettings) => {
    const toQueue = (name: string, i: number): Queue =>
      account.ci === 'circleci'
        ? { ci: 'circleci', resourceClass: `acme/${name}` }
        : { ci: 'gitlab', runnerId: 7, projects: [`acme/${i % PROJECTS}`], groups: [] };
    const settings = envSettingsOf(
      ids(fleets, 'f').map((name, i) =>
        settingsOf({ name, group: `muster-dev-${name}`, queue: toQueue(name, i) }),
      ),
      { accounts: { main: account } },
    );
    writeFileSync(join(directory, 'settings.json'), serialize(settings));
  };

  const aws = await serveAws((params) =>
    params.Action?.includes('GetSecretValue')
      ? { json: { SecretString: 'token' } }
      : {
          xml: groupsXml(
            namesOf(params).map((name) => groupXml(name, { states: Array(4).fill('InService') })),
          ),
        },
  );
  // One fleet in ten has a job waiting; all have four that run.
  const ci = await serve((request, response) => {
    const queued = request.url?.endsWith('0') ? 1 : 0;
    response.end(
      request.url?.includes('running') ? '{"running_runner_tasks":4}' : `{"unclaimed_task_count":${queued}}`,
    );
  });
  // Each project has ten jobs waiting, with all that GitLab tells of a job.
  const gitlab = await serveGitlab();
  const pending = Array.from({ length: 10 }, () => ({ ...jobOf(), commit: { message: 'x'.repeat(3_000) } }));
  for (let i = 0; i < PROJECTS; i++) gitlab.projects[`acme/${i}`] = { pending };
  const secret = { apiTokenSecret: 'muster/dev/ci/main/api-token' };
  const circleciAccount: AccountSettings = { ci: 'circleci', baseUrl: ci.url, ...secret };
  const gitlabAccount: AccountSettings = {
    ci: 'gitlab',
    baseUrl: gitlab.url,
    requestsPerMinute: 1e6,
    ...secret,
  };
  writeSettings(1, circleciAccount);
  const size = readFileSync(bundle);
  const empty = coldMs('');
  console.table({
    'package, minified KB': { value: Math.round(size.length / 1000), limit: LIMITS.packageKb },
    'package, gzipped KB': { value: Math.round(gzipSync(size).length / 1000) },
    'cold import, ms': {
      value: coldMs("require('./index.js')"),
      baseline: empty,
      named: 'node with nothing',
    },
  });

  const env = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'y',
  };
  const rows: Record<string, unknown>[] = [];
  for (const fleets of [1, 100, 1000]) {
    writeSettings(fleets, circleciAccount);
    const bare = await tick(['requests', ci.url, String(fleets)]);
    aws.calls.length = 0;
    const { ms, cpu, late, mb } = await tick(['scaler', directory], env);
    rows.push({
      fleets,
      'tick ms': ms,
      'bare requests ms': bare.ms,
      'CPU ms': cpu,
      'bare CPU ms': bare.cpu,
      'CPU ratio': Number((cpu / bare.cpu).toFixed(1)),
      'fleets in trouble': late,
      'peak MB': mb,
      'bare MB': bare.mb,
      'limit MB': LIMITS.tickMb,
      'AWS calls': aws.calls.length,
    });
  }
  writeSettings(1000, gitlabAccount);
  aws.calls.length = 0;
  const { ms, cpu, late, mb } = await tick(['scaler', directory], env);
  rows.push({
    fleets: `1000 of GitLab, ${PROJECTS} projects, ${gitlab.requests.length} requests`,
    'tick ms': ms,
    'CPU ms': cpu,
    'fleets in trouble': late,
    'peak MB': mb,
    'limit MB': LIMITS.tickMb,
    'AWS calls': aws.calls.length,
  });
  console.log(
    'One tick from a cold process, one fleet in ten growing; baseline: the same questions to the CI with bare fetch. A 256 MB Lambda has a seventh of a CPU.',
  );
  console.table(rows);
  await aws.close();
  await ci.close();
  await gitlab.close();
}

main()
  .finally(() => rmSync(directory, { recursive: true }))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
