/** What a stand-in GitHub is told to be: added to what is there; what is named again is changed. */
import { RequestError } from '../../cloud/http-service';
import { type GithubState, type Installation, nextId, type Permissions, repositoryOf } from './state';

export interface Setup {
  /** By owner/name. */
  repositories?: Record<string, { ids?: { owner: number; repository: number }; immutableSubject?: boolean }>;
  /** Of the App, all of them. */
  installations?: { repositories: string[]; permissions?: Permissions; isSuspended?: boolean }[];
  /** Fine-grained ones. */
  tokens?: {
    token: string;
    repositories: string[];
    permissions?: Permissions;
    /** ISO 8601. */
    expiresAt?: string;
  }[];
  /** Of a token of an installation. 60 minutes at GitHub. */
  tokenMinutes?: number;
  requestsPerHour?: number;
  busyLagSeconds?: number;
  minimumVersion?: string | null;
  /** Of its OpenID Connect tokens, with https://. GitHub's own unless told otherwise. */
  issuer?: string;
}

/** What the App of the docs may do. */
const APP_PERMISSIONS: Permissions = { administration: 'write', metadata: 'read' };

function addRepository(
  state: GithubState,
  name: string,
  { ids, immutableSubject = false }: NonNullable<Setup['repositories']>[string],
): void {
  if (!/^[^/]+\/[^/]+$/.test(name)) throw new RequestError(400, `repository ${name}: use owner/name`);
  const known = repositoryOf(state, name);
  state.repositories.set(name.toLowerCase(), {
    name,
    ids: ids ?? known?.ids ?? { owner: nextId(state), repository: nextId(state) },
    immutableSubject,
  });
}

export function applySetup(state: GithubState, setup: Setup): void {
  for (const [name, own] of Object.entries(setup.repositories ?? {})) addRepository(state, name, own);
  if (setup.installations)
    state.installations = setup.installations.map(
      ({ repositories, permissions = APP_PERMISSIONS, isSuspended = false }): Installation => ({
        id: nextId(state),
        repositories,
        permissions,
        isSuspended,
      }),
    );
  for (const { token, repositories, permissions = APP_PERMISSIONS, expiresAt } of setup.tokens ?? [])
    state.tokens.set(token, {
      token,
      kind: 'fine-grained',
      repositories,
      permissions,
      expiresAt: expiresAt ? Date.parse(expiresAt) : null,
    });
  const { tokenMinutes, requestsPerHour, busyLagSeconds, minimumVersion, issuer } = setup;
  if (tokenMinutes !== undefined) state.tokenMinutes = tokenMinutes;
  if (requestsPerHour !== undefined) state.requestsPerHour = requestsPerHour;
  if (busyLagSeconds !== undefined) state.busyLagSeconds = busyLagSeconds;
  if (minimumVersion !== undefined) state.minimumVersion = minimumVersion;
  if (issuer !== undefined) state.oidc.issuer = issuer;
}
