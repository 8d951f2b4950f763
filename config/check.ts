/** Is a config sound? `npx tsx config/check.ts [environment…]`; without any: those of ENV, or dev. Exits 1 if not. */
import { join } from 'node:path';
import { readConfig } from './load';
import { ConfigError } from './problem';
import type { Config } from './schema';

function toSummary({ fleets, images, accounts, githubEcs }: Config): string {
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const list = (names: { name: string }[]) => `(${names.map(({ name }) => name).join(', ')})`;
  const most = fleets.reduce((sum, { max }) => sum + max, githubEcs?.hosts?.max ?? 0);
  const rules = githubEcs?.repositories ?? [];
  const what = [
    ...(fleets.length > 0 ? [`${count(fleets.length, 'fleet')} ${list(fleets)}`] : []),
    ...(githubEcs ? [`${count(rules.length, 'repository rule')} of GitHub ${list(rules)}`] : []),
  ];
  return [
    `sound: ${what.join(', ')}`,
    `at most ${count(most, 'instance')}`,
    count(Object.keys(images).length, 'image'),
    count(Object.keys(accounts).length, 'CI account'),
  ].join(', ');
}

function check(environment: string, directory: string): boolean {
  try {
    console.log(`${join(directory, environment)}.yaml: ${toSummary(readConfig({ environment, directory }))}`);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return false;
  }
}

const { ENV = 'dev', MUSTER_CONFIG_DIR = 'config' } = process.env;
const environments = process.argv.length > 2 ? process.argv.slice(2) : [ENV];
const sound = environments.map((environment) => check(environment, MUSTER_CONFIG_DIR));
process.exitCode = sound.every(Boolean) ? 0 : 1;
