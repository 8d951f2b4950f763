/** make secrets FLEET=linux, ACCOUNT=main or WEBHOOK=main: stores a token, read from a hidden prompt or standard input, nowhere else. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { type ChosenSecret, chooseSecret } from './choose-secret';
import { parseGithubSecret } from './parse-github-secret';
import { parseNomadSecret } from './parse-nomad-secret';
import { readChosenConfig } from './read-environment';
import { parseToken, readToken } from './read-token';
import { runScript } from './run-script';
import { storeToken, verifySecretExists } from './store-token';
import { verifyToken } from './verify-token';

const PARSERS: Record<ChosenSecret['kind'], (text: string) => string> = {
  glrt: parseToken,
  nomad: parseNomadSecret,
  github: parseGithubSecret,
  other: parseToken,
};

runScript(async (environment) => {
  const config = readChosenConfig(environment);
  const { FLEET: fleet, ACCOUNT: account, WEBHOOK: webhook } = environment;
  const secret = chooseSecret(config, { fleet, account, webhook });
  const region = { region: config.aws.region };
  const secrets = new SecretsManagerClient(region);
  await runChecks(
    [
      { title: 'AWS account', verify: () => verifyAccount(new STSClient(region), config) },
      { title: 'Secret', verify: () => verifySecretExists(secrets, config, secret.name) },
    ],
    console.log,
  );
  const token = await readToken(
    { input: process.stdin, output: process.stderr, prompt: `${secret.what} (input is hidden): ` },
    PARSERS[secret.kind],
  );
  verifyToken(secret, token);
  console.log(`Stored in ${secret.name}, version ${await storeToken(secrets, secret.name, token)}.`);
});
