/** The stand-in CircleCI: the documented runner API, endpoints for the stand-in agent, and an admin side. */
import { mkdirSync } from 'node:fs';
import {
  answerByRoute,
  type Reply,
  refuseMachines,
  type Service,
  type ServiceRequest,
  startService,
} from '../../cloud/http-service';
import { adminRoutes } from './admin-api';
import { agentRoutes } from './agent-api';
import { JobQueue } from './jobs';
import { runnerRoutes } from './runner-api';
import { type CiState, classOfRunnerToken } from './state';

export interface CircleciOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Folder for the job logs, one file a job. */
  logDir: string;
  /** Seconds of silence after which a running job is lost. The real one waits 5 minutes. */
  lostSeconds: number;
  now: () => number;
}

const LOST_CHECK_MS = 500;

function outageFor(state: CiState, request: ServiceRequest): Reply | 'hang' | null {
  const { outage } = state;
  if (!outage || request.path.startsWith('/_local/')) return null;
  if (outage.path && !request.path.startsWith(outage.path)) return null;
  const token = request.headers.authorization?.replace(/^Bearer /, '');
  const resourceClass = request.query.get('resource-class') ?? classOfRunnerToken(state, token);
  if (outage.resourceClass && resourceClass !== outage.resourceClass) return null;
  return outage.status === 'hang'
    ? 'hang'
    : { status: outage.status, body: { message: 'played outage' }, headers: { 'retry-after': '1' } };
}

export async function startCircleci(options: CircleciOptions): Promise<Service> {
  mkdirSync(options.logDir, { recursive: true });
  const state: CiState = {
    queue: new JobQueue(),
    classes: new Map(),
    outage: null,
    agents: new Map(),
    logDir: options.logDir,
    now: options.now,
  };
  const routes = [...runnerRoutes(state), ...agentRoutes(state), ...adminRoutes(state)];
  const service = await startService(options.host, options.port, (request) => {
    const refusal = request.path.startsWith('/_local/') ? refuseMachines(options.host, request) : null;
    if (refusal) return refusal;
    const outage = outageFor(state, request);
    if (outage === 'hang') return new Promise<Reply>(() => {});
    return outage ?? answerByRoute(routes, request);
  });
  const timer = setInterval(() => {
    // A CI that is down hears nobody: that silence is its own.
    if (state.outage) state.queue.heardAll(options.now(), state.outage.resourceClass);
    state.queue.loseSilent(options.now(), options.lostSeconds);
  }, LOST_CHECK_MS);
  return {
    ...service,
    stop: async () => {
      clearInterval(timer);
      await service.stop();
    },
  };
}
