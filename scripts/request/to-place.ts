/** Which project and request a pipeline runs for, from the variables that its CI sets. */
import { ExpectedError } from '../expected-error';
import type { Api } from './call';
import type { Forge } from './forge';
import { github } from './github';
import { gitlab } from './gitlab';

export interface Place {
  forge: Forge;
  /** Number of the pull or merge request; undefined when the CI does not tell. */
  request: number | undefined;
  /** The branch that the pipeline runs for; undefined for a request. */
  branch: string | undefined;
  /** Where the branch can be pushed, without credentials. */
  remote: string;
  /** User name that goes with the token when pushing over HTTPS. */
  pushUser: string;
  /** Name of the variable that holds the token. */
  tokenVariable: string;
}

type Wait = Api['wait'];

/** @throws ExpectedError when it is no pipeline that we know, or a token is missing */
export function toPlace(variables: NodeJS.ProcessEnv, wait: Wait): Place {
  if (variables.GITLAB_CI) return toGitlab(variables, wait);
  if (variables.GITHUB_ACTIONS || variables.CIRCLECI) return toGithub(variables, wait);
  throw new ExpectedError(
    'This is no pipeline of GitHub Actions, GitLab CI or CircleCI: GITHUB_ACTIONS, GITLAB_CI and CIRCLECI are not set. See docs/pipelines.md.',
  );
}

function toGitlab(variables: NodeJS.ProcessEnv, wait: Wait): Place {
  const token = need(variables, 'GITLAB_TOKEN', 'a project access token with the scope api');
  const api = {
    baseUrl: need(variables, 'CI_API_V4_URL', 'GitLab sets it').replace(/\/$/, ''),
    headers: { 'PRIVATE-TOKEN': token },
    remedy:
      'GITLAB_TOKEN needs the scope api and the role Developer in this project (CI_JOB_TOKEN may not comment).',
    wait,
  };
  return {
    forge: gitlab({ api, project: need(variables, 'CI_PROJECT_ID', 'GitLab sets it') }),
    request: toNumber(variables.CI_MERGE_REQUEST_IID),
    branch: variables.CI_COMMIT_BRANCH,
    remote: `${need(variables, 'CI_PROJECT_URL', 'GitLab sets it')}.git`,
    pushUser: 'oauth2',
    tokenVariable: 'GITLAB_TOKEN',
  };
}

function toGithub(variables: NodeJS.ProcessEnv, wait: Wait): Place {
  const token = need(variables, 'GITHUB_TOKEN', 'a token that may write pull requests');
  const api = {
    baseUrl: (variables.GITHUB_API_URL || 'https://api.github.com').replace(/\/$/, ''),
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: 'application/vnd.github+json',
      'X-GitHub-Api-Version': '2022-11-28',
    },
    remedy: 'GITHUB_TOKEN needs the permission "Pull requests: write" for this repository.',
    wait,
  };
  // https://github.com/acme/app/pull/12
  const circleci = /^https:\/\/[^/]+\/([^/]+\/[^/]+)\/pull\/(\d+)$/.exec(variables.CIRCLE_PULL_REQUEST ?? '');
  const repository = variables.GITHUB_REPOSITORY || circleci?.[1] || toCircleciRepository(variables);
  const server = (variables.GITHUB_SERVER_URL || 'https://github.com').replace(/\/$/, '');
  return {
    forge: github({ api, repository }),
    request: toNumber(/^refs\/pull\/(\d+)\//.exec(variables.GITHUB_REF ?? '')?.[1] ?? circleci?.[2]),
    branch: variables.CIRCLE_BRANCH,
    remote: `${server}/${repository}.git`,
    pushUser: 'x-access-token',
    tokenVariable: 'GITHUB_TOKEN',
  };
}

const toCircleciRepository = (variables: NodeJS.ProcessEnv) => {
  const owner = need(
    variables,
    'CIRCLE_PROJECT_USERNAME',
    'CircleCI sets it, or set GITHUB_REPOSITORY=owner/name',
  );
  return `${owner}/${need(variables, 'CIRCLE_PROJECT_REPONAME', 'CircleCI sets it, or set GITHUB_REPOSITORY=owner/name')}`;
};

const toNumber = (text: string | undefined) => (text && /^\d+$/.test(text) ? Number(text) : undefined);

function need(variables: NodeJS.ProcessEnv, name: string, what: string): string {
  const value = variables[name];
  if (!value) throw new ExpectedError(`${name} is not set: ${what}. docs/pipelines.md says how.`);
  return value;
}
