/** Runs the real Terraform with the real provider in a synthesized stack. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { prepareTerraform } from '../../scripts/provider-mirror';

const STATE = join(__dirname, '../../.muster');
const run = promisify(execFile);

export interface TerraformResult {
  status: number;
  /** Standard output and standard error. */
  output: string;
  stdout: string;
}

/**
 * @param variables added to an environment that holds nothing of the caller's AWS account
 * @returns also when Terraform failed: look at the status
 */
export async function terraform(
  directory: string,
  args: string[],
  variables: Record<string, string> = {},
): Promise<TerraformResult> {
  const prepared = prepareTerraform({ environment: process.env, directory: STATE }).variables;
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TF_IN_AUTOMATION: '1',
    // The provider has 700 MB: downloaded once, unless a mirror on this machine makes even that needless.
    ...(prepared.TF_CLI_CONFIG_FILE ? {} : { TF_PLUGIN_CACHE_DIR: makeCache() }),
    ...prepared,
    ...variables,
  };
  try {
    const { stdout, stderr } = await run('terraform', args, {
      cwd: directory,
      env,
      maxBuffer: 64 << 20,
      // Above what anything here takes on a busy machine: a wait that nobody ends must not outlive its test.
      timeout: 360_000,
    });
    return { status: 0, output: stdout + stderr, stdout };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw new Error('Terraform cannot be run.', { cause: error });
    return { status: code, output: stdout + stderr, stdout };
  }
}

function makeCache(): string {
  const cache = join(STATE, 'terraform-plugins');
  mkdirSync(cache, { recursive: true });
  return cache;
}

/** Like `terraform`, but a failure is an error. */
export async function mustTerraform(
  ...[directory, args, variables]: Parameters<typeof terraform>
): Promise<TerraformResult> {
  const result = await terraform(directory, args, variables);
  if (result.status !== 0) throw new Error(`terraform ${args.join(' ')} failed:\n${result.output}`);
  return result;
}
