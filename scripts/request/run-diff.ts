import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** Runs make diff, shows it as it comes, and keeps what it said. */
export async function runDiff(variables: NodeJS.ProcessEnv): Promise<{ output: string; passed: boolean }> {
  const child = spawn(resolve('node_modules/.bin/tsx'), [resolve('scripts/diff.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...variables, NO_COLOR: '1' },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stderr.write(text);
  });
  const status = await new Promise<number | null>((done, reject) => {
    child.once('error', reject);
    child.once('close', done);
  });
  return { output, passed: status === 0 };
}
