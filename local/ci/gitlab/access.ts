/** Who may ask API v4: tokens, their scopes, and how many requests they have in a minute. */
import type { Handler, Reply, ServiceRequest } from '../../cloud/http-service';
import type { GitlabState, UserToken } from './state';

const MINUTE_MS = 60_000;

export class RequestBudget {
  private readonly used = new Map<string, { window: number; requests: number }>();

  /** Counts one request; headers always, and whether it was one too many. */
  take(token: string, limit: number, now: number): { headers: Record<string, string>; isOver: boolean } {
    const window = Math.floor(now / MINUTE_MS);
    const held = this.used.get(token);
    const requests = (held?.window === window ? held.requests : 0) + 1;
    this.used.set(token, { window, requests });
    const reset = Math.ceil(((window + 1) * MINUTE_MS) / 1000);
    const isOver = requests > limit;
    return {
      isOver,
      headers: {
        'ratelimit-limit': String(limit),
        'ratelimit-name': 'throttle_authenticated_api',
        'ratelimit-observed': String(requests),
        'ratelimit-remaining': String(Math.max(limit - requests, 0)),
        'ratelimit-reset': String(reset),
        ...(isOver ? { 'retry-after': String(Math.max(reset - Math.floor(now / 1000), 1)) } : {}),
      },
    };
  }
}

function tokenOf(state: GitlabState, request: ServiceRequest): UserToken | null {
  const sent = request.headers['private-token'] ?? request.headers.authorization?.replace(/^Bearer /i, '');
  return (typeof sent === 'string' && state.tokens.get(sent)) || null;
}

function refuse(token: UserToken | null, scopes: string[]): Reply | null {
  if (!token) return { status: 401, body: { message: '401 Unauthorized' } };
  if (scopes.some((scope) => token.scopes.includes(scope))) return null;
  return {
    status: 403,
    body: {
      error: 'insufficient_scope',
      error_description: 'The request requires higher privileges than provided by the access token.',
      scope: scopes.join(' '),
    },
  };
}

/** Wraps a handler: the token must have one of these scopes, and requests left. */
export const withScope =
  (state: GitlabState, budget: RequestBudget, scopes: string[], handler: Handler): Handler =>
  async (request) => {
    const token = tokenOf(state, request);
    const limit = state.requestsPerMinute;
    const taken = token && limit !== null ? budget.take(token.token, limit, state.now()) : null;
    // Plain text: what a client parses as JSON without looking at the status fails here.
    if (taken?.isOver) return { status: 429, body: 'Retry later\n', headers: taken.headers };
    const reply = refuse(token, scopes) ?? (await handler(request));
    return { ...reply, headers: { ...taken?.headers, ...reply.headers } };
  };
