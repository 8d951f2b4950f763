import { STSClient } from '@aws-sdk/client-sts';
import type { Config } from '../../config/schema';
import { runChecks } from '../checks/run-checks';
import { verifyAccount } from '../checks/verify-account';
import { readChosenConfig } from '../read-environment';

/** What every command on fleets begins with: the config of the environment, and credentials that are of its account. */
export async function prepare(variables: NodeJS.ProcessEnv): Promise<Config> {
  const config = readChosenConfig(variables);
  const sts = new STSClient({ region: config.aws.region });
  const account = { title: 'AWS account', verify: () => verifyAccount(sts, config) };
  await runChecks([account], console.log);
  return config;
}
