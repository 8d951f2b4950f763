/** Is a config sound? `npx tsx config/check.ts [environment…]`; without any: those of ENV, or dev. Exits 1 if not. */
import { join } from 'node:path';
import { readConfig } from './load';
import { ConfigError } from './problem';
import type { Config } from './schema';

function toSummary({ fleets, images, accounts }: Config): string {
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const most = fleets.reduce((sum, { max }) => sum + max, 0);
  return [
    `sound: ${count(fleets.length, 'fleet')} (${fleets.map(({ name }) => name).join(', ')})`,
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
