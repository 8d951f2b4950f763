import { spawn } from 'node:child_process';
import type { LocalAws } from '../local/start-local-aws';

export interface Result {
  status: number | null;
  /** Standard output and standard error, as a terminal would show them. */
  output: string;
}

interface Run {
  aws: LocalAws;
  variables: Record<string, string>;
  input?: string;
  /** With all there is so far, and a way to signal the script. */
  onOutput?: (output: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs an operator script as a process against the local AWS, without a terminal. */
export function runScript(script: string, { aws, variables, input = '', onOutput }: Run): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn('node_modules/.bin/tsx', [`scripts/${script}.ts`], {
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: aws.url,
        AWS_ACCESS_KEY_ID: 'operator',
        AWS_SECRET_ACCESS_KEY: 'operator',
        ...variables,
      },
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk;
      onOutput?.(output, (signal) => child.kill(signal));
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
    // A script that refuses does not read its input.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
