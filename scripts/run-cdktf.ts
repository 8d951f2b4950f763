import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExpectedError } from './expected-error';
import { prepareTerraform } from './provider-mirror';
import { waitForLock } from './wait-for-lock';

interface CdktfRun {
  command: 'deploy' | 'diff' | 'destroy';
  environment: string;
  /** Environment variables of the caller. */
  variables: NodeJS.ProcessEnv;
  flags?: string[];
}

/** Runs cdktf on the stack of the environment, with the terminal of the caller. @throws ExpectedError when it fails */
export async function runCdktf({ command, environment, variables, flags = [] }: CdktfRun): Promise<void> {
  const directory = resolve('.muster');
  // The provider has 700 MB: downloaded once, not once for each environment.
  const cache = resolve(directory, 'terraform-plugins');
  mkdirSync(cache, { recursive: true });
  const terraform = prepareTerraform({ environment: variables, directory });
  const all = [
    command,
    `muster-${environment}`,
    // A throw-away deploy keeps its synthesized stack apart from a real one's.
    ...(variables.MUSTER_SYNTH_DIR ? ['--output', variables.MUSTER_SYNTH_DIR] : []),
    ...terraform.cdktfArguments,
    ...flags,
  ];
  const status = await new Promise<number | null>((resolve, reject) => {
    const child = spawn('node_modules/.bin/cdktf', all, {
      stdio: 'inherit',
      env: {
        ...variables,
        // With CI set, cdktf hides what Terraform says when it fails.
        CI: undefined,
        ENV: environment,
        TF_PLUGIN_CACHE_DIR: variables.TF_PLUGIN_CACHE_DIR || cache,
        ...terraform.variables,
        ...waitForLock(variables),
      },
    });
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) {
    throw new ExpectedError(
      `cdktf ${command} failed; what it said is above. After the remedy run the same again.`,
    );
  }
}
