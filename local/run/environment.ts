/** An environment on the local cloud, brought up by the scripts that an operator runs: image, deploy, tokens. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { readConfig } from '../../config/load';
import type { Config } from '../../config/schema';
import { runCommand } from './command';
import { operatorEnvironment } from './operator';

export interface LocalEnvironment {
  config: Config;
  /** Folder of the config, with what the options changed. */
  configDirectory: string;
  /** Folder for logs of the commands. */
  logs: string;
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
  { config, configDirectory, logs, awsUrl, signal }: LocalEnvironment,
  script: string,
  extra: { variables?: Record<string, string>; input?: string } = {},
): Promise<string> {
  return runCommand({
    command: ['npx', 'tsx', script],
    environment: {
      ...process.env,
      ...operatorEnvironment(awsUrl, config.aws.region),
      // One try more, then an error: against the local cloud waiting cures nothing.
      AWS_MAX_ATTEMPTS: '2',
      MUSTER_CONFIG_DIR: configDirectory,
      ENV: config.environment,
      CI: 'true',
      ...extra.variables,
    },
    ...(extra.input === undefined ? {} : { input: extra.input }),
    log: join(logs, `${script.split('/').at(-1)?.replace(/\.ts$/, '')}.log`),
    signal,
  });
}

const newToken = () => `local-${randomBytes(16).toString('hex')}`;

/** Make up tokens, tell the stand-in CI of them, and store them as an operator would: by `make secrets`. */
export async function distributeTokens(local: LocalEnvironment): Promise<void> {
  const { config, ciUrl } = local;
  const accounts = new Map(Object.keys(config.accounts).map((name) => [name, newToken()]));
  const classes: Record<string, { runnerToken: string; apiToken: string }> = {};
  for (const { name, account, resourceClass } of config.fleets) {
    const runnerToken = newToken();
    classes[resourceClass] = { runnerToken, apiToken: accounts.get(account) ?? '' };
    await operate(local, 'scripts/secrets.ts', { variables: { FLEET: name }, input: `${runnerToken}\n` });
  }
  for (const [name, token] of accounts) {
    await operate(local, 'scripts/secrets.ts', { variables: { ACCOUNT: name }, input: `${token}\n` });
  }
  const response = await fetch(`${ciUrl}/_local/classes`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(classes),
  });
  if (!response.ok)
    throw new Error(
      `The stand-in CI refused the resource classes: ${response.status} ${await response.text()}`,
    );
}
