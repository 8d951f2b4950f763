/** Who may ask the REST API what: tokens, permissions, and how many requests there are in an hour. */
import type { Handler, Reply, ServiceRequest } from '../../cloud/http-service';
import { type GithubState, type Repository, repositoryOf, type Token } from './state';

const HOUR_MS = 3_600_000;

export interface Needs {
  permission: 'administration' | 'actions';
  level: 'read' | 'write';
}

export type RepositoryHandler = (request: ServiceRequest, repository: Repository) => Reply | Promise<Reply>;

export const bearerOf = ({ headers }: ServiceRequest): string | null =>
  /^(?:bearer|token) +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;

export class RequestBudget {
  private readonly used = new Map<string, { window: number; requests: number }>();

  /** Counts one request; headers always, and whether it was one too many. */
  take(token: string, limit: number, now: number): { headers: Record<string, string>; isOver: boolean } {
    const window = Math.floor(now / HOUR_MS);
    const held = this.used.get(token);
    const requests = (held?.window === window ? held.requests : 0) + 1;
    this.used.set(token, { window, requests });
    return {
      isOver: requests > limit,
      headers: {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(limit - requests, 0)),
        'x-ratelimit-used': String(Math.min(requests, limit)),
        'x-ratelimit-reset': String(((window + 1) * HOUR_MS) / 1000),
        'x-ratelimit-resource': 'core',
      },
    };
  }
}

const may = ({ permissions }: Token, { permission, level }: Needs): boolean =>
  permissions[permission] === 'write' || permissions[permission] === level;

const DENIED: Record<Token['kind'], string> = {
  installation: 'Resource not accessible by integration',
  workflow: 'Resource not accessible by integration',
  'fine-grained': 'Resource not accessible by personal access token',
};

const message = (status: number, text: string, headers: Record<string, string> = {}): Reply => ({
  status,
  body: { message: text, documentation_url: 'https://docs.github.com/rest', status: String(status) },
  headers,
});

/** Wraps a handler: the token must be good, be for this repository, and have the permission. */
export const withAccess =
  (state: GithubState, budget: RequestBudget, needs: Needs, handler: RepositoryHandler): Handler =>
  async (request) => {
    const bearer = bearerOf(request);
    if (!bearer) return message(401, 'Requires authentication');
    const token = state.tokens.get(bearer);
    if (!token || (token.expiresAt !== null && token.expiresAt <= state.now()))
      return message(401, 'Bad credentials');
    const taken = budget.take(bearer, state.requestsPerHour, state.now());
    if (taken.isOver) return message(403, 'API rate limit exceeded for installation.', taken.headers);
    const repository = repositoryOf(state, request.params[0] ?? '');
    const accepted = { 'x-accepted-github-permissions': `${needs.permission}=${needs.level}` };
    const headers = { ...taken.headers, ...accepted };
    // What a token may not see is not there.
    if (!repository || !token.repositories.includes(repository.name))
      return message(404, 'Not Found', headers);
    if (!may(token, needs)) return message(403, DENIED[token.kind], headers);
    const reply = await handler(request, repository);
    return { ...reply, headers: { ...headers, ...reply.headers } };
  };

/** What GitHub refuses before it looks at anything. */
export function refuseClient({ headers, path }: ServiceRequest): Reply | null {
  if (!/^\/(repos|app)\b/.test(path)) return null;
  if (!headers['user-agent'])
    return {
      status: 403,
      body: 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.\n',
    };
  const version = headers['x-github-api-version'] ?? '2022-11-28';
  return ['2022-11-28', '2026-03-10'].includes(String(version))
    ? null
    : message(400, `${version} is not a supported version`);
}
