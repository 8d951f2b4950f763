/** OpenID Connect as GitHub offers it to a hosted job: keys for who checks, and a token for who may ask. */
import { randomUUID } from 'node:crypto';
import type { Reply, Route, ServiceRequest } from '../../cloud/http-service';
import { bearerOf } from './access';
import { signJwt } from './jwt';
import { type GithubState, type Identity, type Repository, repositoryOf } from './state';

/** Seconds that a token is good for, and that it was good before it was made. */
const LIFE_SECONDS = 300;
const SKEW_SECONDS = 600;

/** `sub`: names, or names with numbers that no other repository can have. */
export function toSubject({ name, ids, immutableSubject }: Repository, identity: Identity): string {
  const [owner = '', own = ''] = name.split('/');
  const who = immutableSubject ? `${owner}@${ids.owner}/${own}@${ids.repository}` : name;
  const { environment, event, ref } = identity;
  if (environment !== null) return `repo:${who}:environment:${environment.replaceAll(':', '%3A')}`;
  return event === 'pull_request' ? `repo:${who}:pull_request` : `repo:${who}:ref:${ref}`;
}

function toClaims(state: GithubState, repository: Repository, identity: Identity, audience: string | null) {
  const [owner = ''] = repository.name.split('/');
  const now = Math.floor(state.now() / 1000);
  return {
    jti: randomUUID(),
    iss: state.oidc.issuer,
    aud: audience ?? `https://github.com/${owner}`,
    sub: toSubject(repository, identity),
    iat: now,
    nbf: now - SKEW_SECONDS,
    exp: now + LIFE_SECONDS,
    repository: repository.name,
    repository_id: String(repository.ids.repository),
    repository_owner: owner,
    repository_owner_id: String(repository.ids.owner),
    repository_visibility: 'private',
    ref: identity.ref,
    ref_type: identity.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    event_name: identity.event,
    run_id: String(identity.runId),
    run_attempt: '1',
    actor: 'octocat',
    workflow: 'build',
    job_workflow_ref: `${repository.name}/.github/workflows/build.yml@${identity.ref}`,
    runner_environment: 'github-hosted',
    ...(identity.environment === null ? {} : { environment: identity.environment }),
  };
}

function answerToken(state: GithubState, request: ServiceRequest): Reply {
  const identity = state.identities.get(bearerOf(request) ?? '');
  const repository = identity && repositoryOf(state, identity.repository);
  if (!repository) return { status: 401, body: { message: 'The job may not ask for a token.' } };
  const claims = toClaims(state, repository, identity, request.query.get('audience'));
  const value = signJwt(claims, state.oidc.privateKey, { kid: state.oidc.keyId });
  return { status: 200, body: { count: value.length, value } };
}

export function oidcRoutes(state: GithubState): Route[] {
  const { issuer, keyId, publicKey } = state.oidc;
  return [
    [
      'GET',
      /^\/\.well-known\/openid-configuration$/,
      () => ({
        status: 200,
        body: {
          issuer,
          jwks_uri: `${state.url}/.well-known/jwks`,
          subject_types_supported: ['public', 'pairwise'],
          response_types_supported: ['id_token'],
          id_token_signing_alg_values_supported: ['RS256'],
          scopes_supported: ['openid'],
        },
      }),
    ],
    [
      'GET',
      /^\/\.well-known\/jwks$/,
      () => ({
        status: 200,
        body: { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: keyId }] },
      }),
    ],
    // ACTIONS_ID_TOKEN_REQUEST_URL
    ['GET', /^\/_services\/idtoken$/, (request) => answerToken(state, request)],
  ];
}
