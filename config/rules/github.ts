/** What runs GitHub's runners on ECS exists, and admits somebody. */
import { offer } from '../closest';
import type { MODES } from '../fields/github-ecs';
import { CONTAINER_HOSTS, instanceRoleName, workflowRoleName } from '../names';
import { type Path, type Problem, show } from '../problem';
import type { Draft } from '../salvage';
import type { GithubEcsConfig, RepositoryRule } from '../schema';
import { findRepeated } from './repeated';
import { accountOf, eachFleet, lookUp, type Rule, type Subject } from './rule';

export type GithubDraft = Draft<GithubEcsConfig>;
type Mode = (typeof MODES)[number];

/** GitHub's name of a runner, which github/runner-name.ts makes: seconds in base 36 and eight characters follow. */
const LONGEST_RUNNER_NAME = 64;
const AFTER_THE_RULE = '-'.length + 7 + '-'.length + 8;

export function eachRepository(
  { githubEcs }: Subject,
  check: (rule: Draft<RepositoryRule>, path: Path, github: GithubDraft) => Problem[],
): Problem[] {
  return (githubEcs?.repositories ?? []).flatMap((rule, index) =>
    rule && githubEcs ? check(rule, ['githubEcs', 'repositories', index], githubEcs) : [],
  );
}

/** Whether some task of a rule can be launched in one of these ways; not when the schema refused all its modes. */
export const hasMode = ({ modes }: Draft<RepositoryRule>, ...wanted: Mode[]) =>
  (modes ?? []).some((mode) => mode !== undefined && wanted.includes(mode));

export const somethingRuns: Rule = (config) =>
  config.fleets?.length === 0 && !('githubEcs' in config)
    ? [
        {
          path: ['fleets'],
          wrong: 'there is neither a fleet nor githubEcs, so no job would ever run',
          remedy: 'add fleets (config/dev.yaml shows two), or githubEcs (config/github.yaml)',
        },
      ]
    : [];

export const fleetsHaveAQueue: Rule = (config) =>
  eachFleet(config, (fleet, path) =>
    accountOf(config, fleet)?.ci === 'github'
      ? [
          {
            path: [...path, 'account'],
            wrong: `account ${show(fleet.account)} is of GitHub, whose queue no fleet follows`,
            remedy: 'make it a repository of githubEcs, or use an account of another CI',
          },
        ]
      : [],
  );

export const githubAccountIsOfGithub: Rule = ({ githubEcs, accounts }) => {
  if (githubEcs?.account === undefined || !accounts) return [];
  const path = ['githubEcs', 'account'];
  const account = lookUp(accounts, githubEcs.account);
  const known = Object.keys(accounts).filter((name) => accounts[name]?.ci === 'github');
  const remedy = known.length > 0 ? offer(githubEcs.account, known) : 'define one with ci: github';
  if (!Object.hasOwn(accounts, githubEcs.account)) {
    return [{ path, wrong: `there is no account ${show(githubEcs.account)}`, remedy }];
  }
  // One that the schema refused has a problem of its own.
  if (account?.ci === undefined || account.ci === 'github') return [];
  return [{ path, wrong: `account ${show(githubEcs.account)} is of ${account.ci}`, remedy }];
};

export const repositorySizesAreKnown: Rule = (config) =>
  eachRepository(config, ({ sizes: named }, path, { sizes }) =>
    (named ?? []).flatMap((size, index) =>
      size === undefined || !sizes || Object.hasOwn(sizes, size)
        ? []
        : [
            {
              path: [...path, 'sizes', index],
              wrong: `there is no size ${show(size)}`,
              remedy:
                Object.keys(sizes).length > 0
                  ? offer(size, Object.keys(sizes))
                  : 'define it under githubEcs.sizes',
            },
          ],
    ),
  );

/** Without an exact subject anybody's branch, or every pull request, would be let in. */
export const repositoriesAdmitJobs: Rule = (config) =>
  eachRepository(config, ({ environments, branches }, path) =>
    environments?.length === 0 && branches?.length === 0
      ? [
          {
            path,
            wrong: 'it names no environment and no branch, so no job could ever start a runner',
            remedy: 'add environments: [runners] (best, limited to protected branches), or branches: [main]',
          },
        ]
      : [],
  );

export const repositoryNamesDiffer: Rule = ({ githubEcs }) =>
  findRepeated(
    (githubEcs?.repositories ?? []).map((rule) => rule?.name),
    (name, index, first) => ({
      path: ['githubEcs', 'repositories', index, 'name'],
      wrong: `${show(name)} is there already, as githubEcs.repositories[${first}]`,
      remedy: 'give each rule a name of its own; one repository may have several rules',
    }),
  );

export const repositoryListsDiffer: Rule = (config) =>
  eachRepository(config, (rule, path) =>
    (['environments', 'branches', 'modes', 'sizes'] as const).flatMap((field) =>
      findRepeated(rule[field] ?? [], (value, index) => ({
        path: [...path, field, index],
        wrong: `${value} is there twice`,
        remedy: 'remove one',
      })),
    ),
  );

export const repositoryNamesFit: Rule = (config) =>
  eachRepository(config, ({ name }, path) => {
    if (name === undefined) return [];
    const length = `muster-${config.environment}-${name}`.length + AFTER_THE_RULE;
    if (length <= LONGEST_RUNNER_NAME) return [];
    const over = length - LONGEST_RUNNER_NAME;
    return [
      {
        path: [...path, 'name'],
        wrong: `its runners muster-${config.environment}-${name}-… would have names of ${length} characters, GitHub takes ${LONGEST_RUNNER_NAME}`,
        remedy: `shorten the name of the rule or of the environment by ${over}`,
      },
    ];
  });

/** muster-dev-github-<rule> may be the role of a fleet's instances. */
export const repositoryNamesAreFree: Rule = (config) => {
  const { environment, fleets } = config;
  const taken = new Map(
    [CONTAINER_HOSTS, ...(fleets ?? []).flatMap((fleet) => fleet?.name ?? [])].map((fleet) => [
      instanceRoleName(environment, fleet),
      fleet,
    ]),
  );
  return eachRepository(config, ({ name }, path) => {
    const fleet = name === undefined ? undefined : taken.get(workflowRoleName(environment, name));
    if (fleet === undefined) return [];
    return [
      {
        path: [...path, 'name'],
        wrong: `its role ${instanceRoleName(environment, fleet)} would be that of the instances of ${fleet}`,
        remedy: 'use another name',
      },
    ];
  });
};

/** The site answers with pages, and another server's tokens are issued by itself. */
export const githubAddressesAreOfTheApi: Rule = ({ githubEcs, accounts }) => {
  const account = lookUp(accounts, githubEcs?.account);
  if (account?.ci !== 'github' || account.baseUrl === undefined) return [];
  const { baseUrl } = account;
  const host = new URL(baseUrl).hostname;
  if (host === 'github.com' || host === 'www.github.com') {
    return [
      {
        path: ['accounts', githubEcs?.account ?? '', 'baseUrl'],
        wrong: `${show(baseUrl)} is the site, not the REST API`,
        remedy: 'use https://api.github.com, or leave the field out',
      },
    ];
  }
  const issuer = githubEcs?.issuer;
  if (issuer === undefined) return [];
  const ofGithubCom = /^token\.actions\.githubusercontent\.com(\/|$)/.test(issuer);
  if (ofGithubCom === (host === 'api.github.com')) return [];
  return [
    {
      path: ['githubEcs', 'issuer'],
      wrong: `${show(issuer)} issues no tokens for the jobs of ${show(baseUrl)}`,
      remedy: ofGithubCom
        ? `set issuer: ${host}/_services/token`
        : 'leave it out, or use token.actions.githubusercontent.com/ENTERPRISE',
    },
  ];
};
