/** What a GitHub App asks as itself: with a token signed by its private key, for the token of an installation. */
import { randomBytes } from 'node:crypto';
import {
  type Handler,
  jsonBody,
  type Reply,
  RequestError,
  type Route,
  type ServiceRequest,
} from '../../cloud/http-service';
import { bearerOf } from './access';
import { signJwt, verifyJwt } from './jwt';
import { type GithubState, type Installation, type Permissions, repositoryOf } from './state';

/** Longest that a JSON web token of an App may be good for. */
const MOST_SECONDS = 600;

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

/** Null when the request comes from our App, or why it is refused, in GitHub's words. */
function refuse(state: GithubState, request: ServiceRequest): Reply | null {
  const claims = verifyJwt(bearerOf(request) ?? '', state.app.publicKey);
  const no = (message: string, status = 401): Reply => ({ status, body: { message } });
  if (!claims) return no('A JSON web token could not be decoded');
  const { iss, iat, exp } = claims;
  const now = Math.floor(state.now() / 1000);
  if (iss === undefined) return no('Missing "issuer" claim ("iss") in the assertion');
  if (String(iss) !== String(state.app.id) && iss !== state.app.clientId)
    return no('Integration not found', 404);
  if (!isWhole(exp) || exp <= now)
    return no(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (exp > now + MOST_SECONDS) return no("'Expiration time' claim ('exp') is too far in the future");
  if (!isWhole(iat) || iat > now)
    return no(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  return null;
}

const asApp =
  (state: GithubState, handler: Handler): Handler =>
  (request) =>
    refuse(state, request) ?? handler(request);

const view = ({ id, permissions, isSuspended }: Installation, state: GithubState) => ({
  id,
  app_id: state.app.id,
  client_id: state.app.clientId,
  app_slug: 'muster',
  account: null,
  repository_selection: 'selected',
  access_tokens_url: `${state.url}/app/installations/${id}/access_tokens`,
  permissions,
  events: [],
  suspended_at: isSuspended ? new Date(state.now()).toISOString() : null,
});

/** What was asked for, if the installation has all of it. */
function narrow(have: Permissions, asked: unknown): Permissions {
  if (!asked) return have;
  const wanted = asked as Permissions;
  for (const [name, level] of Object.entries(wanted))
    if (have[name] !== 'write' && have[name] !== level)
      throw new RequestError(422, 'The permissions requested are not granted to this installation.');
  return wanted;
}

function createToken(state: GithubState, request: ServiceRequest): Reply {
  const installation = state.installations.find(({ id }) => id === Number(request.params[0]));
  if (!installation) return { status: 404, body: { message: 'Not Found' } };
  if (installation.isSuspended)
    return { status: 403, body: { message: 'This installation has been suspended' } };
  const body = request.body ? jsonBody(request) : {};
  const names = installation.repositories.map((name) => name.split('/')[1]);
  const asked = body.repositories as string[] | undefined;
  if (asked?.some((name) => !names.includes(name)))
    throw new RequestError(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  const expiresAt = state.now() + state.tokenMinutes * 60_000;
  const claims = { iss: 'github', jti: randomBytes(16).toString('hex'), exp: Math.floor(expiresAt / 1000) };
  // Hundreds of characters, as GitHub rolls out since 2026-04-27: nobody may rely on the 40 of before.
  const token = `ghs_${state.app.id}_${signJwt(claims, state.oidc.privateKey)}`;
  const permissions = narrow(installation.permissions, body.permissions);
  state.tokens.set(token, {
    token,
    kind: 'installation',
    repositories: installation.repositories.filter(
      (name) => !asked || asked.includes(name.split('/')[1] ?? ''),
    ),
    permissions,
    expiresAt,
  });
  return {
    status: 201,
    body: {
      token,
      expires_at: `${new Date(expiresAt).toISOString().slice(0, 19)}Z`,
      permissions,
      repository_selection: 'selected',
    },
  };
}

export function appRoutes(state: GithubState): Route[] {
  return [
    [
      'GET',
      /^\/repos\/([^/]+\/[^/]+)\/installation$/,
      asApp(state, ({ params }) => {
        const name = repositoryOf(state, params[0] ?? '')?.name ?? '';
        const installation = state.installations.find(({ repositories }) => repositories.includes(name));
        return installation
          ? { status: 200, body: view(installation, state) }
          : { status: 404, body: { message: 'Not Found' } };
      }),
    ],
    [
      'POST',
      /^\/app\/installations\/(\d+)\/access_tokens$/,
      asApp(state, (request) => createToken(state, request)),
    ],
    [
      'GET',
      /^\/app$/,
      asApp(state, () => ({
        status: 200,
        body: { id: state.app.id, client_id: state.app.clientId, slug: 'muster' },
      })),
    ],
  ];
}
