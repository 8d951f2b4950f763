/** What `make history` is asked for; every problem at once. */
import { join } from 'node:path';
import { offer } from '../../config/closest';
import { apiTokenSecret } from '../../config/names';
import type { Config } from '../../config/schema';
import { ExpectedError } from '../expected-error';
import type { CircleciAccount } from './circleci';
import type { GithubAccount } from './github';
import type { GitlabAccount } from './gitlab';

export type Account = CircleciAccount | GitlabAccount | GithubAccount;

export interface HistoryOptions {
  accounts: (Account & { secret: string })[];
  days: number;
  out: string;
  /** What is read, in one line: what was begun for another is not gone on with. */
  of: string;
}

const DAYS = 7;
/** A quarter; CIs forget after some months, and a year of requests takes a day. */
const MOST_DAYS = 92;

export function readOptions(variables: NodeJS.ProcessEnv, config: Config): HistoryOptions {
  const problems: string[] = [];
  const days = Number(variables.DAYS || DAYS);
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    problems.push(`DAYS=${variables.DAYS}: use a whole number from 1 to ${MOST_DAYS}`);
  const projects = toWords(variables.PROJECTS);
  for (const slug of projects)
    if (!/^[\w-]+\/[^/\s]+\/[^/\s]+$/.test(slug))
      problems.push(`PROJECTS=${slug}: use slugs of CircleCI, as in gh/acme/app,gh/acme/lib`);
  const labels = toWords(variables.LABELS);
  const { FLEET: fleet } = variables;
  const accounts = chooseAccounts(config, fleet, { projects, labels }, problems);
  if (problems.length > 0) throw new ExpectedError(problems.join('\n'));
  const of = [
    config.environment,
    ...accounts.flatMap((account) => [account.name, account.baseUrl, JSON.stringify(ofAccount(account))]),
    `${days} days`,
    ...projects,
    ...labels,
  ].join(' ');
  const out = variables.OUT || join('.muster', `history-${config.environment}.csv`);
  return { accounts, days, out, of };
}

const ofAccount = (account: Account) => (account.ci === 'github' ? account.rules : account.fleets);

const toWords = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

function chooseAccounts(
  config: Config,
  named: string | undefined,
  { projects, labels }: { projects: string[]; labels: string[] },
  problems: string[],
): HistoryOptions['accounts'] {
  const { environment, fleets, githubEcs } = config;
  const ofNomad = new Set(
    fleets.flatMap(({ name, account }) => (config.accounts[account]?.ci === 'nomad' ? [name] : [])),
  );
  const rules = githubEcs?.repositories ?? [];
  const names = [...fleets.map(({ name }) => name), ...rules.map(({ name }) => name)];
  if (named && !names.includes(named)) {
    problems.push(
      `There is no fleet and no rule of githubEcs ${named} in config/${environment}.yaml: ${offer(named, names)} (FLEET=…).`,
    );
    return [];
  }
  const isMeant = ({ name }: { name: string }) => (!named || named === name) && !ofNomad.has(name);
  const accounts: HistoryOptions['accounts'] = [];
  for (const [name, account] of Object.entries(config.accounts)) {
    const secret = apiTokenSecret(environment, name);
    const { baseUrl } = account;
    const own = fleets.filter((fleet) => fleet.account === name && isMeant(fleet));
    if (account.ci === 'circleci' && own.length > 0) {
      const served = own.map((fleet) => ({ name: fleet.name, resourceClass: fleet.resourceClass ?? '' }));
      accounts.push({ ci: 'circleci', name, secret, baseUrl, fleets: served, projects });
    }
    if (account.ci === 'gitlab' && own.length > 0) {
      const { requestsPerMinute } = account;
      const served = own.flatMap((fleet) => (fleet.gitlab ? [{ ...fleet.gitlab, name: fleet.name }] : []));
      accounts.push({ ci: 'gitlab', name, secret, baseUrl, requestsPerMinute, fleets: served });
    }
    const meant = rules.filter(isMeant).map((rule) => ({ name: rule.name, repository: rule.repository }));
    if (account.ci === 'github' && githubEcs?.account === name && meant.length > 0) {
      if (labels.length > 0) problems.push(...findSharing(meant));
      accounts.push({ ci: 'github', name, secret, baseUrl, environment, rules: meant, labels });
    }
  }
  if (accounts.length === 0)
    problems.push(
      `${named ?? `Every fleet of config/${environment}.yaml`} is of Nomad, which forgets a job hours after its end: write the CSV from what you log (submitted,duration,fleet), or let make simulate make jobs up.`,
    );
  return accounts;
}

/** Labels tell no rule from another of the same repository. */
function findSharing(rules: readonly { name: string; repository: string }[]): string[] {
  const shared = rules.filter(({ repository }, index) =>
    rules.slice(0, index).some((other) => other.repository === repository),
  );
  return shared.map(
    ({ name, repository }) =>
      `LABELS: several rules are of ${repository}, so say which the jobs are to be of: FLEET=${name}`,
  );
}
