import { toApp } from '../../../github/credentials';
import type { GithubCredentials } from '../../../github/types';
import { Failure } from './failure';
import type { Commands, Environment } from './workflow/commands';

export interface Inputs {
  environment: string;
  rule: string;
  /** Empty: the first of the rule. */
  size: string;
  /** Empty: all of the rule. */
  modes: string[];
  timeoutMs: number;
}

/** What both steps need to undo what one has done. */
export interface Access {
  credentials: GithubCredentials;
  /** Of the REST API. */
  baseUrl: string;
  /** owner/name. */
  repository: string;
  region: string;
}

const LONGEST_MINUTES = 60;

export function readInputs({ input }: Commands): Inputs {
  // As the config has them; it also keeps the path of another parameter out of the name of ours.
  const named = (name: string, form: RegExp) => {
    const value = input(name);
    if (form.test(value)) return value;
    throw new Failure(
      `The input ${name} is ${JSON.stringify(value)}: it needs the name that the config has for it.`,
    );
  };
  const minutes = Number(input('timeout-minutes') || '10');
  if (!(minutes > 0 && minutes <= LONGEST_MINUTES))
    throw new Failure(
      `The input timeout-minutes is ${JSON.stringify(input('timeout-minutes'))}: use a number from 1 to ${LONGEST_MINUTES}.`,
    );
  return {
    environment: named('environment', /^[a-z][a-z0-9]{0,23}$/),
    rule: named('rule', /^[a-z][a-z0-9-]{0,23}$/),
    size: input('size'),
    modes: input('modes')
      .split(',')
      .map((mode) => mode.trim())
      .filter((mode) => mode !== ''),
    timeoutMs: minutes * 60_000,
  };
}

export function readAccess({ input, mask }: Commands, env: Environment): Access {
  for (const name of ['private-key', 'token']) mask(input(name));
  const region = input('aws-region') || env.AWS_REGION || env.AWS_DEFAULT_REGION;
  if (!region)
    throw new Failure(
      'There is no AWS region: run aws-actions/configure-aws-credentials in a step before this one, or give the input aws-region.',
    );
  return {
    credentials: toCredentials(input('app-id'), input('private-key'), input('token')),
    baseUrl: env.GITHUB_API_URL || 'https://api.github.com',
    repository: env.GITHUB_REPOSITORY ?? '',
    region,
  };
}

function toCredentials(appId: string, privateKey: string, token: string): GithubCredentials {
  const app = appId !== '' || privateKey !== '';
  if (app && token !== '')
    throw new Failure('Both an App (app-id, private-key) and a token are given: remove one of them.');
  if (app && (appId === '' || privateKey === ''))
    throw new Failure(
      `The input ${appId === '' ? 'app-id' : 'private-key'} is empty: an App needs both app-id and private-key.${SECRETS}`,
    );
  if (app) return toAppInputs(appId, privateKey);
  if (token === '')
    throw new Failure(
      `There is no access to GitHub: give the inputs app-id and private-key of a GitHub App, or token.${SECRETS}`,
    );
  if (token.startsWith('ghp_'))
    throw new Failure(
      'The input token is a classic one (ghp_…), which reaches every repository of its owner: use a fine-grained one (github_pat_…) or a GitHub App.',
    );
  return { kind: 'token', token };
}

/** The most frequent cause of an empty one. */
const SECRETS =
  ' A secret that is empty here is often one of an environment that the job does not name, or the workflow runs for a fork.';

function toAppInputs(appId: string, privateKey: string): GithubCredentials {
  try {
    return toApp(appId, privateKey);
  } catch (error) {
    throw new Failure(`${(error as Error).message} (Inputs app-id and private-key.)`);
  }
}
