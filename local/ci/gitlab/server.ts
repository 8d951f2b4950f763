/** The stand-in GitLab: API v4 for users and for runners, job webhooks, and an admin side. */
import type { Service } from '../../cloud/http-service';
import { type CiOptions, startCiService } from '../ci-service';
import { JobQueue } from '../job-queue';
import { playOutage } from '../outage';
import { adminRoutes } from './admin-api';
import { restRoutes } from './rest-api';
import { runnerRoutes } from './runner-api';
import type { GitlabState } from './state';
import { postJobHook } from './webhooks';

export function startGitlab(options: CiOptions): Promise<Service> {
  const state: GitlabState = {
    queue: new JobQueue(),
    projects: new Map(),
    groups: new Map(),
    runners: new Map(),
    managers: [],
    tokens: new Map(),
    requestsPerMinute: null,
    webhooks: new Map(),
    outage: null,
    incomplete: new Set(),
    // Above the runner ids that a set-up chooses.
    lastId: 1000,
    logDir: options.logDir,
    now: options.now,
  };
  const routes = [...restRoutes(state), ...runnerRoutes(state), ...adminRoutes(state)];
  const loseSilent = () => {
    // A CI that is down hears nobody: that silence is its own.
    if (state.outage) state.queue.heardAll(options.now());
    for (const job of state.queue.loseSilent(options.now(), options.lostSeconds)) postJobHook(state, job);
  };
  return startCiService(options, routes, (request) => playOutage(state.outage, request), loseSilent);
}
