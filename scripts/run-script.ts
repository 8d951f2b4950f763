/** The frame of every operator script: environment in, exit status out, expected failures without a stack trace. */
import { ConfigError } from '../config/problem';
import { ExpectedError } from './expected-error';

export function runScript(script: (environment: NodeJS.ProcessEnv) => Promise<void>): void {
  script(process.env).catch((error: unknown) => {
    process.stderr.write(`${toReport(error)}\n`);
    process.exitCode = 1;
  });
}

/** Ours and AWS's answers are for the operator; anything else is a defect and shows where. */
export function toReport(error: unknown): string {
  if (error instanceof ExpectedError || error instanceof ConfigError) return error.message;
  if (error instanceof Error && '$metadata' in error) return `AWS refused: ${error.name}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
