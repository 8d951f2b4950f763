/** Reads config/<environment>.yaml and tells everything that is wrong with it at once. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { caFileIsSound } from './ca-file';
import { offer } from './closest';
import { parseConfig } from './parse';
import { ConfigError, type Problem, show } from './problem';
import { rules } from './rules/rules';
import type { Config } from './schema';

export interface ConfigPlace {
  /** Name of the environment, such as dev. */
  environment: string;
  /** Folder of the config files. */
  directory: string;
}

/**
 * The config of one environment, sound. organization.caFile is an absolute path in it.
 * @throws ConfigError, and nothing else, when there is none
 */
export function readConfig({ environment, directory }: ConfigPlace): Config {
  // No dash: muster-a-b-c would be fleet c of environment a-b and fleet b-c of environment a.
  if (!/^[a-z][a-z0-9]{0,23}$/.test(environment)) {
    throw failure(directory, {
      wrong: `${show(environment)} is no name of an environment`,
      remedy: 'use 1 to 24 lower-case letters and digits, starting with a letter, such as ENV=dev',
    });
  }
  const file = join(directory, `${environment}.yaml`);
  const text = readText(file, { environment, directory });
  const config = parseConfig({ environment, file, text, rules: [...rules, caFileIsSound(directory)] });
  const { caFile } = config.organization;
  if (caFile === undefined) return config;
  return { ...config, organization: { ...config.organization, caFile: resolve(directory, caFile) } };
}

function readText(file: string, { environment, directory }: ConfigPlace): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
      const wrong = `the file cannot be read: ${(cause as Error).message}`;
      throw failure(file, { wrong, remedy: 'make it a file that you may read' }, { cause });
    }
    const known = readEnvironments(directory);
    const wrong = `there is no environment ${show(environment)} in ${directory}`;
    const remedy = `copy config/dev.yaml to ${file} and adapt it`;
    throw failure(
      file,
      { wrong, remedy: known.length > 0 ? `${offer(environment, known)} (ENV=…), or ${remedy}` : remedy },
      { cause },
    );
  }
}

function readEnvironments(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((entry) => entry.endsWith('.yaml'))
      .map((entry) => entry.slice(0, -'.yaml'.length))
      .sort();
  } catch {
    return [];
  }
}

/** What is wrong with the file as a whole. */
const failure = (file: string, problem: Omit<Problem, 'path'>, options?: ErrorOptions): ConfigError =>
  new ConfigError([{ ...problem, path: [], file, line: 1, column: 1 }], options);
