import type { Answer, Question } from './ask';
import { GithubError } from './github-error';
import { isPassing, isRateLimit } from './to-wait';
import type { GithubCredentials } from './types';

type Kind = GithubCredentials['kind'];

/** GitHub's own words are short; a proxy's page is not. */
const MOST_SAID = 300;

export function toError(question: Question, answer: Answer, kind: Kind): GithubError {
  const what = `GitHub: ${question.method} ${question.path.split('?')[0]}`;
  if (answer.kind === 'none')
    return new GithubError(
      undefined,
      `${what}: ${answer.why}.`,
      'Check the network of this machine and https://www.githubstatus.com, then run it again.',
      true,
    );
  const said = toSaid(answer.text);
  return new GithubError(
    answer.status,
    `${what} was answered with ${answer.status}${said ? `: ${said}` : ''}.`,
    toRemedy(answer, kind),
    isPassing(answer),
  );
}

/** An answer of success that is not as documented. */
export const toGarbage = ({ method, path }: Question, seen: string): GithubError =>
  new GithubError(
    200,
    `GitHub: ${method} ${path.split('?')[0]} was answered with ${seen}.`,
    'Check that baseUrl (in a workflow GITHUB_API_URL) is the one of the REST API, and what proxies are on the way to it.',
  );

function toSaid(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const { message, errors } = body as { message?: unknown; errors?: unknown };
    const more = Array.isArray(errors) ? ` ${JSON.stringify(errors)}` : '';
    if (typeof message === 'string') return `${message}${more}`.slice(0, MOST_SAID).replace(/\.$/, '');
  } catch {
    // Told below.
  }
  return text === '' ? '' : `${text.length} characters that are not GitHub's JSON`;
}

function toRemedy(answer: Extract<Answer, { kind: 'answer' }>, kind: Kind): string {
  const { status } = answer;
  if (isRateLimit(answer))
    return 'The request limit of this App or user is used up: run it again later, and see what else asks with the same one.';
  if (status === 401) return REFUSED[kind];
  if (status === 403) return PERMISSION[kind];
  if (status === 404) return ACCESS[kind];
  if (status === 409) return 'Another runner has this name: remove it in the settings of the repository.';
  if (status === 422) return `It does not take what was sent. ${PERMISSION[kind]}`;
  if (status >= 300 && status < 400)
    return 'The repository was renamed or moved: write its present owner/name into the config, then run make deploy.';
  if (status >= 500) return 'See https://www.githubstatus.com, then run it again.';
  return 'Check that the base URL is the one of the REST API.';
}

const REFUSED: Record<Kind, string> = {
  app: 'Check that id and private key are of the same GitHub App, that the key was not deleted there, and the clock of this machine.',
  token: 'The token is wrong, expired or revoked: make a new one, and store it where the old one is.',
};
const PERMISSION: Record<Kind, string> = {
  app: "Give the GitHub App the repository permission Administration: read and write, and accept it in the settings of its installation; see also that the organization allows a repository's own runners.",
  token:
    "Give the token the repository permission Administration: read and write (GITHUB_TOKEN cannot have it), and let the organization approve it; see also that the organization allows a repository's own runners.",
};
const ACCESS: Record<Kind, string> = {
  app: 'Check the name of the repository, and install the GitHub App for it.',
  token:
    "Check the name of the repository, and that the token is for it: GitHub shows no repository to those who may not see it, nor a fine-grained token another owner's.",
};
