/** Workflow runs whose first job runs at GitHub, that is in the workflow stand-in: the admin side for it. */
import { randomBytes } from 'node:crypto';
import {
  jsonBody,
  type Reply,
  RequestError,
  type Route,
  type ServiceRequest,
} from '../../cloud/http-service';
import { add, cancel, finish } from './jobs';
import {
  type Conclusion,
  type GithubJob,
  type GithubState,
  type Identity,
  nextId,
  type Permissions,
  repositoryOf,
  type Step,
} from './state';

/** As a workflow has when it names none, and what the post step of the action asks for. */
const OWN_PERMISSIONS: Permissions = { contents: 'read', actions: 'read' };

function jobOf(state: GithubState, { params }: ServiceRequest): GithubJob {
  const job = state.queue.jobs.find(({ id }) => id === params[0]);
  if (!job) throw new RequestError(404, `no job ${params[0]}`);
  return job;
}

export const text = (value: unknown, fallback: string) => (typeof value === 'string' ? value : fallback);

/** A workflow run whose first job runs at GitHub: what that job is given. */
function startRun(state: GithubState, request: ServiceRequest): Reply {
  const body = jsonBody(request);
  const runId = nextId(state);
  const job = add(state, {
    repository: text(body.repository, ''),
    runId,
    labels: ['ubuntu-latest'],
    isHosted: true,
    name: body.name,
  });
  const { name } = repositoryOf(state, job.repository) ?? job;
  const runner = `GitHub Actions ${runId}`;
  state.queue.claim(({ id }) => id === job.id, runner, null, state.now());
  job.runnerId = nextId(state);
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const permissions = (body.permissions as Permissions | undefined) ?? OWN_PERMISSIONS;
  state.tokens.set(token, { token, kind: 'workflow', repositories: [name], permissions, expiresAt: null });
  const idTokenBearer = randomBytes(24).toString('hex');
  const identity: Identity = {
    repository: name,
    runId,
    event: text(body.event, 'push'),
    ref: text(body.ref, 'refs/heads/main'),
    environment: typeof body.environment === 'string' ? body.environment : null,
  };
  state.identities.set(idTokenBearer, identity);
  return { status: 201, body: { runId, jobId: job.id, runner, token, idTokenBearer } };
}

function updateHosted(state: GithubState, request: ServiceRequest): Reply {
  const job = jobOf(state, request);
  const { steps, conclusion, token, idTokenBearer } = jsonBody(request) as {
    steps?: Step[];
    conclusion?: Conclusion;
    token?: string;
    idTokenBearer?: string;
  };
  if (steps) job.steps = steps;
  if (conclusion) {
    finish(state, job, { conclusion, exitCode: null, reason: null });
    // They are for the time of the job.
    state.tokens.delete(token ?? '');
    state.identities.delete(idTokenBearer ?? '');
  }
  return { status: 204 };
}

export const runRoutes = (state: GithubState): Route[] => [
  ['POST', /^\/_local\/runs$/, (request) => startRun(state, request)],
  ['PUT', /^\/_local\/jobs\/([^/]+)$/, (request) => updateHosted(state, request)],
  [
    'POST',
    /^\/_local\/jobs\/([^/]+)\/cancel$/,
    (request) => {
      cancel(state, jobOf(state, request));
      return { status: 204 };
    },
  ],
];
