/** The stand-in GitHub: REST API, OpenID Connect, what runners ask, and an admin side. Its keys are made as it starts. */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { answerByRoute, type Service, type ServiceRequest } from '../../cloud/http-service';
import { type CiOptions, startCiService } from '../ci-service';
import { JobQueue } from '../job-queue';
import { playOutage } from '../outage';
import { refuseClient } from './access';
import { adminRoutes } from './admin-api';
import { agentRoutes } from './agent-routes';
import { appRoutes } from './app-api';
import { Bell } from './bell';
import { withFaults } from './faults';
import { loseSilent } from './jobs';
import { keyIdOf } from './jwt';
import { oidcRoutes } from './oidc';
import { restRoutes } from './rest-api';
import type { GithubState } from './state';

/** GitHub's own: what a trust policy names. Who checks the signature asks this server for the keys. */
const ISSUER = 'https://token.actions.githubusercontent.com';
const KEY_BITS = 2048;

const makeKeys = () => promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS });
const makeBoth = () => Promise.all([makeKeys(), makeKeys()]);
/** Made once for all stand-ins of a process: it takes a second. */
let keys: ReturnType<typeof makeBoth> | undefined;

export async function startGithub(options: CiOptions): Promise<Service> {
  keys ??= makeBoth();
  const [app, oidc] = await keys;
  const state: GithubState = {
    url: `http://${options.host}:${options.port}`,
    app: {
      id: 4571,
      clientId: 'Iv1.of-a-stand-in',
      privateKey: String(app.privateKey.export({ type: 'pkcs1', format: 'pem' })),
      publicKey: app.publicKey,
    },
    oidc: { issuer: ISSUER, keyId: keyIdOf(oidc.publicKey), ...oidc },
    repositories: new Map(),
    installations: [],
    tokens: new Map(),
    identities: new Map(),
    runners: new Map(),
    queue: new JobQueue(),
    bell: new Bell(),
    outage: null,
    faults: [],
    requestsPerHour: 5000,
    tokenMinutes: 60,
    busyLagSeconds: 0,
    minimumVersion: null,
    lostSeconds: options.lostSeconds,
    lastId: 1000,
    logDir: options.logDir,
    now: options.now,
  };
  const own = [...restRoutes(state), ...appRoutes(state), ...oidcRoutes(state), ...agentRoutes(state)];
  const served = withFaults(
    state,
    (request: ServiceRequest) => refuseClient(request) ?? answerByRoute(own, request),
  );
  const routes = [
    ...adminRoutes(state),
    ...['GET', 'POST', 'PUT', 'DELETE'].map((method): [string, RegExp, typeof served] => [
      method,
      /^\/(?!_local\/)/,
      served,
    ]),
  ];
  const service = await startCiService(
    options,
    routes,
    (request) => playOutage(state.outage, request),
    () => loseSilent(state),
  );
  // A free port is known only now.
  state.url = service.url;
  return service;
}
