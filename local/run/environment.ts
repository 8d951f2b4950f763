/** An environment on the local cloud, brought up by the scripts that an operator runs: image, deploy, tokens. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { webhookName } from '../../config/names';
import type { Config } from '../../config/schema';
import { insideUrl } from '../cloud/layout';
import type { FleetTokens } from './ci/local-ci';
import type { LocalCis } from './ci/local-cis';
import { runCommand } from './command';
import { installApp } from './install-app';
import { operatorEnvironment } from './operator';

export interface LocalEnvironment {
  config: Config;
  /** Folder of the run: config/ with what the options changed, logs of the commands, Terraform's state, the stack. */
  runDir: string;
  awsUrl: string;
  /** The stand-in GitHub, which has no fleets. */
  githubUrl: string;
  cis: LocalCis;
  signal: AbortSignal;
}

/** Run one of the operator's scripts, or cdktf, against the local cloud. */
export function operate(
  { config, runDir, awsUrl, signal }: LocalEnvironment,
  script: string,
  extra: { variables?: Record<string, string>; input?: string } = {},
): Promise<string> {
  return runCommand({
    // Not by tsx's own command: it names a socket after its pid, and every command here has the same few pids.
    command: [process.execPath, '--import', 'tsx', script],
    environment: {
      ...process.env,
      ...operatorEnvironment(awsUrl, config.aws.region),
      // One try more, then an error: against the local cloud waiting cures nothing.
      AWS_MAX_ATTEMPTS: '2',
      MUSTER_CONFIG_DIR: join(runDir, 'config'),
      MUSTER_STATE_DIR: runDir,
      MUSTER_SYNTH_DIR: join(runDir, 'cdktf.out'),
      APPROVE: config.environment,
      ENV: config.environment,
      ...extra.variables,
    },
    ...(extra.input === undefined ? {} : { input: extra.input }),
    log: join(runDir, `${script.split('/').at(-1)?.replace(/\.ts$/, '')}.log`),
    signal,
  });
}

/** Each is a process of its own. */
const AT_ONCE = 4;

const newSecret = () => randomBytes(16).toString('hex');

/** As the CI reaches it, inside the local cloud. */
const toWebhookUrl = ({ environment }: Config, account: string) =>
  `${insideUrl('aws')}/_url/${webhookName(environment)}/${account}`;

/** Make up tokens, store them as an operator would, by `make secrets`, and answer them by fleet. */
export async function distributeTokens(local: LocalEnvironment): Promise<FleetTokens[]> {
  const { config, cis } = local;
  const atOnce = pLimit(AT_ONCE);
  const stored: Promise<string>[] = [];
  const store = (variables: Record<string, string>, token: string) => {
    stored.push(atOnce(() => operate(local, 'scripts/secrets.ts', { variables, input: `${token}\n` })));
    return token;
  };
  const app = config.githubEcs && (await installApp(local));
  const accounts = new Map(
    Object.entries(config.accounts).map(([name, { ci }]) => [
      name,
      store({ ACCOUNT: name }, ci === 'github' && app ? app : `local-${newSecret()}`),
    ]),
  );
  const webhooks = new Map(
    Object.entries(config.accounts).flatMap(([name, account]) =>
      account.ci === 'gitlab' && account.webhook
        ? [
            [
              name,
              { url: toWebhookUrl(config, name), secret: store({ WEBHOOK: name }, newSecret()) },
            ] as const,
          ]
        : [],
    ),
  );
  const tokens = config.fleets.map((fleet) => {
    const webhook = webhooks.get(fleet.account);
    return {
      fleet,
      runnerToken: store({ FLEET: fleet.name }, cis.of(fleet).newRunnerToken(newSecret())),
      apiToken: accounts.get(fleet.account) ?? '',
      ...(webhook ? { webhook } : {}),
    };
  });
  await Promise.all(stored);
  return tokens;
}
