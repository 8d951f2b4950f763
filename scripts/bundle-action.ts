/**
 * Bundles the action into its dist folder, which is kept in the repository: GitHub runs what is there. With --check it
 * changes nothing, and fails when what is there is not what the sources make.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTION, bundleAction } from './actions/bundle-action';
import { ExpectedError } from './expected-error';
import { runScript } from './run-script';

runScript(async () => {
  const isCheck = process.argv.includes('--check');
  const directory = join(ACTION, 'dist');
  mkdirSync(directory, { recursive: true });
  const stale: string[] = [];
  for (const [name, text] of bundleAction()) {
    const path = join(directory, name);
    if (!isCheck) {
      writeFileSync(path, text);
      console.log(`${path}: ${Math.ceil(text.length / 1000)} KB`);
    } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) stale.push(path);
  }
  if (stale.length > 0)
    throw new ExpectedError(
      `${stale.join(', ')}: not what the sources make. Run make bundle, and commit what it changes.`,
    );
});
