/** The script itself, as a process: what matters is that the token leaves no trace anywhere but in the secret. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type LocalAws, startLocalAws } from '../local/start-local-aws';
import { serveGitlab } from './config';
import { writeConfigDirectory } from './config-directory';
import { runScript } from './run-script';

const CANARY = 'canary-7c1d0f2e5b';
const RUNNER_TOKEN = 'muster/dev/fleet/linux/runner-token';

let aws: LocalAws;
let secrets: SecretsManagerClient;
beforeAll(async () => {
  aws = await startLocalAws();
  secrets = new SecretsManagerClient(aws.client);
  await secrets.send(new CreateSecretCommand({ Name: RUNNER_TOKEN }));
});
afterAll(() => aws?.stop());

async function runSecrets(variables: Record<string, string>, input: string) {
  let processes = '';
  const result = await runScript('secrets', {
    aws,
    variables: { MUSTER_CONFIG_DIR: writeConfigDirectory(), ...variables },
    input,
    // By then the token has been given, and the script is busy with it.
    onOutput: () => {
      processes += listProcesses();
    },
  });
  return { ...result, processes };
}

/** Arguments and environments of every process. */
function listProcesses(): string {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`))
    .join('\n');
}

const readValue = async () =>
  (await secrets.send(new GetSecretValueCommand({ SecretId: RUNNER_TOKEN }))).SecretString;

test('the token goes from standard input into the secret and nowhere else', async () => {
  const { status, output, processes } = await runSecrets({ FLEET: 'linux' }, `${CANARY}\n`);
  expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining(RUNNER_TOKEN) });
  expect(await readValue()).toBe(CANARY);
  expect(output).not.toContain(CANARY);
  expect(processes).toContain('scripts/secrets.ts');
  expect(processes).not.toContain(CANARY);
});

test('an empty token is refused and the stored one stays', async () => {
  await runSecrets({ FLEET: 'linux' }, CANARY);
  const { status, output } = await runSecrets({ FLEET: 'linux' }, '\n');
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('empty') });
  expect(output).not.toMatch(/\n\s+at /);
  expect(await readValue()).toBe(CANARY);
});

test('a secret that is not there yet is refused with the remedy', async () => {
  const { status, output } = await runSecrets({ ACCOUNT: 'main' }, CANARY);
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('make deploy') });
  expect(output).not.toContain(CANARY);
});

test('a legacy registration token is refused for a fleet of GitLab, and what is stored stays', async () => {
  await runSecrets({ FLEET: 'linux' }, CANARY);
  const legacy = ['GR134', '8941', CANARY].join('');
  const MUSTER_CONFIG_DIR = writeConfigDirectory(serveGitlab);
  const { status, output } = await runSecrets({ FLEET: 'linux', MUSTER_CONFIG_DIR }, legacy);
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('legacy') });
  expect(output).not.toContain(CANARY);
  expect(await readValue()).toBe(CANARY);
});

test('a classic token of GitHub is refused, and a fine-grained one stored', async () => {
  await secrets.send(new CreateSecretCommand({ Name: 'muster/dev/ci/hub/api-token' }));
  const MUSTER_CONFIG_DIR = writeConfigDirectory((raw) => {
    raw.accounts.hub = { ci: 'github' };
  });
  const classic = await runSecrets({ ACCOUNT: 'hub', MUSTER_CONFIG_DIR }, `ghp_${CANARY}\n`);
  expect(classic).toMatchObject({ status: 1, output: expect.stringContaining('classic token') });
  const fine = await runSecrets({ ACCOUNT: 'hub', MUSTER_CONFIG_DIR }, `github_pat_${CANARY}\n`);
  expect(fine).toMatchObject({ status: 0, output: expect.stringContaining('ci/hub/api-token') });
  expect(classic.output + fine.output).not.toContain(CANARY);
});
