/** An environment on the local cloud, brought up by the scripts that an operator runs: image, deploy, tokens. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { parseDocument } from 'yaml';
import { readConfig } from '../../config/load';
import type { Config } from '../../config/schema';
import { runCommand } from './command';
import { operatorEnvironment } from './operator';

export interface LocalEnvironment {
  config: Config;
  /** Folder of the run: config/ with what the options changed, logs of the commands, Terraform's state, the stack. */
  runDir: string;
  awsUrl: string;
  ciUrl: string;
  signal: AbortSignal;
}

/** Copy the config of an environment with another `max` for every fleet. */
export function writeConfig({
  source,
  target,
  environment,
  max,
}: {
  source: string;
  target: string;
  environment: string;
  max: number | undefined;
}): Config {
  const document = parseDocument(readFileSync(join(source, `${environment}.yaml`), 'utf8'));
  const fleets = document.get('fleets') as { items: { set(key: string, value: number): void }[] };
  if (max !== undefined) for (const fleet of fleets.items) fleet.set('max', max);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, `${environment}.yaml`), document.toString());
  return readConfig({ environment, directory: target });
}

/** Run one of the operator's scripts, or cdktf, against the local cloud. */
export function operate(
  { config, runDir, awsUrl, signal }: LocalEnvironment,
  script: string,
  extra: { variables?: Record<string, string>; input?: string } = {},
): Promise<string> {
  return runCommand({
    // Not by tsx's own command: it names a socket after its pid, and every command here has the same few pids.
    command: [process.execPath, '--import', 'tsx', script],
    environment: {
      ...process.env,
      ...operatorEnvironment(awsUrl, config.aws.region),
      // One try more, then an error: against the local cloud waiting cures nothing.
      AWS_MAX_ATTEMPTS: '2',
      MUSTER_CONFIG_DIR: join(runDir, 'config'),
      MUSTER_STATE_DIR: runDir,
      MUSTER_SYNTH_DIR: join(runDir, 'cdktf.out'),
      APPROVE: config.environment,
      ENV: config.environment,
      ...extra.variables,
    },
    ...(extra.input === undefined ? {} : { input: extra.input }),
    log: join(runDir, `${script.split('/').at(-1)?.replace(/\.ts$/, '')}.log`),
    signal,
  });
}

/** Each is a process of its own. */
const AT_ONCE = 4;

const newToken = () => `local-${randomBytes(16).toString('hex')}`;

export interface ClassTokens {
  runnerToken: string;
  apiToken: string;
}

/** Make up tokens, store them as an operator would, by `make secrets`, and answer them by resource class. */
export async function distributeTokens(local: LocalEnvironment): Promise<Record<string, ClassTokens>> {
  const { config } = local;
  const accounts = new Map(Object.keys(config.accounts).map((name) => [name, newToken()]));
  const classes: Record<string, ClassTokens> = {};
  const stored: Promise<string>[] = [];
  const atOnce = pLimit(AT_ONCE);
  const store = (variables: Record<string, string>, token: string) =>
    stored.push(atOnce(() => operate(local, 'scripts/secrets.ts', { variables, input: `${token}\n` })));
  for (const { name, account, resourceClass } of config.fleets) {
    if (!resourceClass) continue;
    const runnerToken = newToken();
    classes[resourceClass] = { runnerToken, apiToken: accounts.get(account) ?? '' };
    store({ FLEET: name }, runnerToken);
  }
  for (const [name, token] of accounts) store({ ACCOUNT: name }, token);
  await Promise.all(stored);
  return classes;
}

/** Tell the stand-in CI which resource classes there are, and their tokens. */
export async function publishClasses(ciUrl: string, classes: Record<string, ClassTokens>): Promise<void> {
  const response = await fetch(`${ciUrl}/_local/classes`, { method: 'PUT', body: JSON.stringify(classes) });
  if (!response.ok) {
    throw new Error(
      `The stand-in CI refused the resource classes: ${response.status} ${await response.text()}`,
    );
  }
}
