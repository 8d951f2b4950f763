/** A Lambda as it is deployed: bundled, and called by node in a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { BUNDLE } from '../../../lambda/scaler/settings';

/** Bundles lambda/<name>/index.ts to index.js in a directory. */
export function bundle(name: string, directory: string): string {
  const outfile = join(directory, 'index.js');
  buildSync({
    entryPoints: [join(__dirname, '../../../lambda', name, 'index.ts')],
    outfile,
    ...BUNDLE,
    mainFields: [...BUNDLE.mainFields],
    logLevel: 'error',
  });
  return outfile;
}

export interface Called {
  error: Error | null;
  /** All that the process said; what the handler answered is its last line. */
  output: string;
}

/** Calls the handler once, with a second left, against an AWS at this address. */
export const call = (directory: string, event: unknown, aws: string): Promise<Called> =>
  new Promise((resolve) => {
    const code = `require('./index.js').handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 1000 }).then((answer) => { console.log(JSON.stringify(answer)); process.exit(0); }, (error) => { console.error(error); process.exit(1); })`;
    const env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: aws,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_LAMBDA_FUNCTION_NAME: 'muster-dev-scaler',
    };
    execFile(process.execPath, ['-e', code], { cwd: directory, env }, (error, stdout, stderr) =>
      resolve({ error, output: stdout + stderr }),
    );
  });
