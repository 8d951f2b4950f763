/** GitHub, AWS and what runs between: where all goes well a task takes its secret, and its runner comes online. */
import { randomBytes } from 'node:crypto';
import { type StartRunnerSettings, serialize } from '../../actions/start-runner/settings';
import { createAttempts } from '../../actions/start-runner/src/attempts';
import { createAws, toClientOptions } from '../../actions/start-runner/src/aws/clients';
import { verifyOpen } from '../../actions/start-runner/src/aws/read-settings';
import type { Mode } from '../../actions/start-runner/src/plan';
import { planLaunches } from '../../actions/start-runner/src/plan';
import type { Ports } from '../../actions/start-runner/src/runner/ports';
import { startRunner } from '../../actions/start-runner/src/runner/start-runner';
import { createGithub } from '../../github/client';
import { type FakeGithub, serveGithub } from '../github/github-server';
import { type FakeAws, type FakeTask, serveAws } from './aws-server';

export const settingsOf = (given: Partial<StartRunnerSettings> = {}): StartRunnerSettings => ({
  version: 1,
  environment: 'dev',
  rule: 'app',
  repository: 'acme/app',
  architecture: 'x64',
  cluster: 'muster-dev',
  jitSecretPrefix: 'muster/dev/github/app/jit/',
  modes: ['fargate-spot', 'fargate', 'ec2'],
  sizes: [
    { name: 'small', fargate: 'muster-dev-app-small-fargate', ec2: 'muster-dev-app-small-ec2' },
    { name: 'large', fargate: 'muster-dev-app-large-fargate' },
  ],
  hosts: 'muster-dev-github-hosts',
  network: { subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
  claimMinutes: 10,
  ...given,
});

export interface World {
  github: FakeGithub;
  aws: FakeAws;
  environment: Record<string, string>;
  settings: StartRunnerSettings;
  close(): Promise<void>;
  /** All that may not be left behind: of tasks those that run. */
  left(): { runners: number; secrets: number; tasks: number };
}

const PATH = ['PENDING', 'RUNNING'];

export async function createWorld(): Promise<World> {
  const [github, aws] = await Promise.all([serveGithub(), serveAws()]);
  const settings = settingsOf();
  aws.parameters.set('/muster/dev/github/app', serialize(settings));
  aws.onDescribe = (task) => advance({ github, aws }, task);
  return {
    github,
    aws,
    settings,
    environment: {
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'canary-aws',
      AWS_SESSION_TOKEN: 'session',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: 'acme/app',
    },
    close: async () => {
      await Promise.all([github.close(), aws.close()]);
    },
    left: () => ({
      runners: github.runners.filter(({ busy }) => !busy).length,
      secrets: aws.secrets.size,
      tasks: aws.tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED').length,
    }),
  };
}

/** One step on its way each time; once it runs, the container takes its secret and its runner registers. */
export function advance({ github, aws }: Pick<World, 'github' | 'aws'>, task: FakeTask): void {
  if (task.lastStatus === 'STOPPED') return;
  if (task.lastStatus !== 'RUNNING') {
    task.lastStatus = PATH[PATH.indexOf(task.lastStatus) + 1] ?? 'RUNNING';
    return;
  }
  const runner = github.runners.find(({ name }) => name === task.startedBy);
  if (!runner || runner.status === 'online') return;
  for (const [name, value] of aws.secrets) if (value === runner.jit) aws.secrets.delete(name);
  runner.status = 'online';
}

export interface Told {
  lines: string[];
  masked: string[];
  /** What main has noted of its attempts, each time. */
  states: string[];
  /** Seconds waited. */
  waits: number[];
}

/** Starts a runner in this world. Time goes on when somebody waits, and only then. */
export function start(world: World, modes: Mode[] = ['fargate'], given: Partial<Ports> = {}) {
  const told: Told = { lines: [], masked: [], states: [], waits: [] };
  const began = Date.now();
  const clock = {
    now: () => began + told.waits.reduce((sum, wait) => sum + wait, 0) * 1000,
    sleep: async (milliseconds: number) => {
      told.waits.push(milliseconds / 1000);
      if (told.waits.length > 1_000) throw new Error('It waits for ever.');
    },
  };
  const stop = new AbortController();
  const say = (line: string) => told.lines.push(line);
  const saveState = (_name: string, value: string) => told.states.push(value);
  process.env.AWS_ENDPOINT_URL = world.aws.url;
  const aws = createAws(world.environment, 'eu-central-1');
  const options = toClientOptions(world.environment, 'eu-central-1');
  const credentials = { kind: 'token' as const, token: 'github_pat_canary' };
  const ports: Ports = {
    github: createGithub({ baseUrl: world.github.url, credentials, clock, fetch, signal: stop.signal, say }),
    aws: () => aws,
    clock,
    signal: stop.signal,
    deadline: began + 600_000,
    say,
    mask: (secret) => told.masked.push(secret),
    attempts: createAttempts({ saveState }),
    verifyOpen: () => verifyOpen(options, { environment: 'dev', rule: 'app', repository: 'acme/app' }),
    random: (bytes) => randomBytes(bytes).toString('hex'),
    ...given,
  };
  const launches = planLaunches(world.settings, { size: '', modes });
  return { told, stop, started: startRunner(world.settings, launches, ports), ports };
}

export const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error: Error) => error,
  );
