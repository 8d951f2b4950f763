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
  nextId,
  type Permissions,
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

export interface NewRun {
  repository: string;
  /** Of its first job. */
  name?: string;
  event?: string;
  ref?: string;
  environment?: string | null;
  /** Of GITHUB_TOKEN. */
  permissions?: Permissions;
}

/** What the first job of a run is given. */
export interface StartedRun {
  runId: number;
  jobId: string;
  /** Name of the hosted runner. */
  runner: string;
  /** GITHUB_TOKEN. */
  token: string;
  /** ACTIONS_ID_TOKEN_REQUEST_TOKEN. */
  idTokenBearer: string;
}

function startRun(state: GithubState, request: ServiceRequest): Reply {
  const asked = jsonBody(request) as unknown as NewRun;
  const runId = nextId(state);
  const job = add(state, {
    repository: asked.repository,
    runId,
    labels: ['ubuntu-latest'],
    isHosted: true,
    name: asked.name,
  });
  const started: StartedRun = {
    runId,
    jobId: job.id,
    runner: `GitHub Actions ${runId}`,
    token: `ghs_${randomBytes(18).toString('hex')}`,
    idTokenBearer: randomBytes(24).toString('hex'),
  };
  state.queue.claim(({ id }) => id === job.id, started.runner, null, state.now());
  job.runnerId = nextId(state);
  state.tokens.set(started.token, {
    token: started.token,
    kind: 'workflow',
    repositories: [job.repository],
    permissions: asked.permissions ?? OWN_PERMISSIONS,
    expiresAt: null,
  });
  state.identities.set(started.idTokenBearer, {
    repository: job.repository,
    runId,
    event: asked.event ?? 'push',
    ref: asked.ref ?? 'refs/heads/main',
    environment: asked.environment ?? null,
  });
  return { status: 201, body: started };
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
