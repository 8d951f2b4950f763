/**
 * Entry of the stand-in `circleci-runner`: `circleci-runner machine --config FILE` like the real one, `--version`, and
 * `task`, which the agent starts under its command prefix.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { createCiClient } from './ci-client';
import { parseOptions } from './options';
import { Runner } from './runner';
import { runTaskAgent } from './task-agent';

/** Set by the bundler to the version that provision/pins.env names. */
declare const AGENT_VERSION: string;

const DEFAULT_CONFIG = '/etc/circleci-runner/circleci-runner-config.yaml';
const log = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

function configFile(args: string[]): string {
  const at = args.findIndex((arg) => arg === '--config' || arg === '-c');
  if (at >= 0 && args[at + 1]) return args[at + 1] as string;
  return args.find((arg) => arg.startsWith('--config='))?.slice('--config='.length) ?? DEFAULT_CONFIG;
}

async function runMachine(args: string[]): Promise<void> {
  const options = parseOptions(readFileSync(configFile(args), 'utf8'), process.env, hostname());
  const client = createCiClient(options.url, log);
  const runner = new Runner(__filename, AGENT_VERSION, options, client, log);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => runner.terminate());
  log(`starting ${options.name}, ${options.mode}, version ${AGENT_VERSION}`);
  await runner.run();
}

async function main([command, ...args]: string[]): Promise<void> {
  switch (command) {
    case '--version':
    case '-v':
      console.log(`circleci-runner version ${AGENT_VERSION}`);
      return;
    case 'machine':
      return runMachine(args);
    case 'task':
      return runTaskAgent(await text(process.stdin));
    default:
      throw new Error('usage: circleci-runner machine [--config FILE] | circleci-runner --version');
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
