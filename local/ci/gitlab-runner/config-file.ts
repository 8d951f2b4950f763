/** config.toml and, beside it, .runner_system_id: who this machine is. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify, type TomlTable } from 'smol-toml';

export interface RunnerConfig extends TomlTable {
  name: string;
  url: string;
  token: string;
  executor: string;
}

export interface Config extends TomlTable {
  concurrent: number;
  runners: RunnerConfig[];
}

/** A file that is not there is an empty configuration, as with the real agent. */
export function readConfig(file: string): Config {
  const table = existsSync(file) ? parse(readFileSync(file, 'utf8')) : {};
  return {
    ...table,
    concurrent: Number(table.concurrent ?? 1),
    runners: (table.runners ?? []) as RunnerConfig[],
  };
}

export function writeConfig(file: string, config: Config): void {
  writeFileSync(file, stringify(config), { mode: 0o600 });
  // One that was there before keeps its own mode else.
  chmodSync(file, 0o600);
}

export function runnerByName(config: Config, name: string): RunnerConfig {
  const runner = config.runners.find((each) => each.name === name);
  if (!runner) throw new Error(`Could not find a runner with the name ${JSON.stringify(name)}`);
  return runner;
}

/** What is in the file when it has the agent's form, else one of its own. */
export function readSystemId(configFile: string): string {
  const file = join(dirname(configFile), '.runner_system_id');
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (/^[sr]_[0-9a-zA-Z]{12}$/.test(found)) return found;
  const made = `s_${createHash('sha256').update(hostname()).digest('hex').slice(0, 12)}`;
  writeFileSync(file, made, { mode: 0o600 });
  return made;
}
