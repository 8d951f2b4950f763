/** An environment deployed by the real Terraform and provider into a local AWS of its own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config/schema';
import { type LocalAws, startLocalAws } from '../local/start-local-aws';
import { type LocalAccount, openAccount } from './local-account';
import { MOTO_DRIFT } from './moto-drift';
import { synthesizeInto } from './synthesize';
import { mustTerraform, type TerraformResult, terraform } from './terraform';

export const REGION = 'us-east-1';

export interface Deployed {
  readonly aws: LocalAws;
  readonly account: LocalAccount;
  /** Synthesizes a config, in place of the one before. */
  synthesize(config: Config): void;
  /** Synthesizes a config and prepares Terraform. */
  use(config: Config): Promise<void>;
  /** Also when Terraform failed: look at the status. */
  try(...args: string[]): Promise<TerraformResult>;
  apply(): Promise<unknown>;
  destroy(): Promise<unknown>;
  /** Addresses that a plan would change, but for those that the emulator is known to make up. */
  readChanges(): Promise<string[]>;
  /** What a plan fails with. */
  planError(): Promise<string>;
  /** Resources that Terraform still knows. */
  readState(): unknown[];
  end(): Promise<void>;
}

export async function startDeployed(): Promise<Deployed> {
  const directory = mkdtempSync(join(tmpdir(), 'muster-apply-'));
  const aws = await startLocalAws();
  let stack = '';
  const variables = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'operator',
    AWS_SECRET_ACCESS_KEY: 'operator',
    // The provider would try 25 times to reach what the emulator does not have.
    AWS_MAX_ATTEMPTS: '2',
  };
  const toArgs = (args: string[]) => [...args, '-input=false', '-no-color'];
  const must = (...args: string[]) => mustTerraform(stack, toArgs(args), variables);
  const attempt = (...args: string[]) => terraform(stack, toArgs(args), variables);
  const synthesize = (config: Config) => {
    stack = synthesizeInto(directory, config);
  };
  return {
    aws,
    account: openAccount(aws, REGION),
    synthesize,
    async use(config) {
      synthesize(config);
      await must('init');
    },
    try: attempt,
    apply: () => must('apply', '-auto-approve'),
    destroy: () => must('destroy', '-auto-approve'),
    async readChanges() {
      const { stdout } = await must('plan', '-json');
      return stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
        .filter(({ type }) => type === 'planned_change')
        .map(({ change }) => `${change.action} ${change.resource.addr}`)
        .filter((change) => !MOTO_DRIFT.some(({ address }) => address.test(change)));
    },
    async planError() {
      const { status, output } = await attempt('plan');
      expect(status).toBe(1);
      return output.replace(/\s+/g, ' ');
    },
    readState: () =>
      JSON.parse(readFileSync(join(directory, 'terraform.muster-dev.tfstate'), 'utf8')).resources,
    async end() {
      await aws.stop();
      rmSync(directory, { recursive: true });
    },
  };
}
