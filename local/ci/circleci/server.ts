/** The stand-in CircleCI: the documented runner API, endpoints for the stand-in agent, and an admin side. */
import type { Service, ServiceRequest } from '../../cloud/http-service';
import { type CiOptions, startCiService } from '../ci-service';
import { playOutage } from '../outage';
import { adminRoutes } from './admin-api';
import { agentRoutes } from './agent-api';
import { JobQueue } from './jobs';
import { runnerRoutes } from './runner-api';
import { type CiState, classOfRunnerToken } from './state';

function outageFor(state: CiState, request: ServiceRequest) {
  const token = request.headers.authorization?.replace(/^Bearer /, '');
  const resourceClass = request.query.get('resource-class') ?? classOfRunnerToken(state, token);
  const isSpared = state.outage?.resourceClass && resourceClass !== state.outage.resourceClass;
  return isSpared ? null : playOutage(state.outage, request);
}

export function startCircleci(options: CiOptions): Promise<Service> {
  const state: CiState = {
    queue: new JobQueue(),
    classes: new Map(),
    outage: null,
    agents: new Map(),
    forgotten: new Set(),
    logDir: options.logDir,
    now: options.now,
  };
  const routes = [...runnerRoutes(state), ...agentRoutes(state), ...adminRoutes(state)];
  const loseSilent = () => {
    // A CI that is down hears nobody: that silence is its own.
    const silenced = state.outage?.resourceClass;
    if (state.outage)
      state.queue.heardAll(options.now(), (job) => !silenced || job.resourceClass === silenced);
    state.queue.loseSilent(options.now(), options.lostSeconds);
  };
  return startCiService(options, routes, (request) => outageFor(state, request), loseSilent);
}
