/** What `make local` and the tests use to play the people and the faults of a GitLab. No token: loopback only. */
import { join } from 'node:path';
import { toInstanceId } from '../../../lambda/housekeeper/core/system-id';
import { jsonBody, RequestError, type Route } from '../../cloud/http-service';
import { toWork } from '../job-queue';
import { toOutage } from '../outage';
import { type GitlabState, nextId, type Runner, type UserToken, type Webhook } from './state';
import { postJobHook } from './webhooks';

type ProjectSetup = { protected?: string[]; protectedTags?: string[]; archived?: boolean };

interface Setup {
  projects?: Record<string, ProjectSetup>;
  groups?: Record<string, object>;
  runners?: (Pick<Runner, 'id' | 'token'> & Partial<Runner>)[];
  tokens?: UserToken[];
  requestsPerMinute?: number | null;
}

function addGroup(state: GitlabState, path: string): void {
  if (path && !state.groups.has(path)) state.groups.set(path, nextId(state));
}

function addProject(state: GitlabState, path: string, setup: ProjectSetup): void {
  if (!path.includes('/')) throw new RequestError(400, `project ${path}: a path is "group/project"`);
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) addGroup(state, parts.slice(0, depth).join('/'));
  const known = state.projects.get(path);
  state.projects.set(path, {
    id: known?.id ?? nextId(state),
    path,
    archived: setup.archived ?? known?.archived ?? false,
    protectedBranches: setup.protected ?? known?.protectedBranches ?? ['main'],
    protectedTags: setup.protectedTags ?? known?.protectedTags ?? [],
  });
}

/** Adds to what is there; what is named again is changed. */
function applySetup(state: GitlabState, setup: Setup): void {
  for (const path of Object.keys(setup.groups ?? {})) addGroup(state, path);
  for (const [path, project] of Object.entries(setup.projects ?? {})) addProject(state, path, project);
  for (const runner of setup.runners ?? []) {
    for (const path of runner.projects ?? []) if (!state.projects.has(path)) addProject(state, path, {});
    for (const path of runner.groups ?? []) addGroup(state, path);
    const whole: Runner = {
      description: '',
      tags: [],
      runUntagged: false,
      accessLevel: 'not_protected',
      paused: false,
      projects: [],
      groups: [],
      ...state.runners.get(runner.id),
      ...runner,
    };
    state.runners.set(runner.id, whole);
  }
  for (const token of setup.tokens ?? []) state.tokens.set(token.token, token);
  if (setup.requestsPerMinute !== undefined) state.requestsPerMinute = setup.requestsPerMinute;
}

function toJob(state: GitlabState, value: unknown) {
  const { project, ref, isTag, tags, image } = value as Record<string, unknown>;
  if (typeof project !== 'string' || !state.projects.has(project))
    throw new RequestError(400, `a job needs a project that is set up, not ${JSON.stringify(project)}`);
  const id = String(nextId(state));
  return {
    ...toWork(id, value),
    project,
    ref: typeof ref === 'string' ? ref : 'main',
    isTag: isTag === true,
    tags: Array.isArray(tags) ? tags.map(String) : [],
    image: typeof image === 'string' ? image : null,
    runnerId: null,
    systemId: null,
    logFile: join(state.logDir, `gitlab-${id}.log`),
  };
}

export function adminRoutes(state: GitlabState): Route[] {
  return [
    ['GET', /^\/_local\/jobs$/, () => ({ status: 200, body: state.queue.jobs })],
    [
      'POST',
      /^\/_local\/jobs$/,
      (request) => {
        const jobs = Object.values(jsonBody(request)).map((value) => toJob(state, value));
        const added = jobs.map((job) => state.queue.add(job, state.now()));
        for (const job of added) postJobHook(state, job);
        return { status: 201, body: added.map(({ id }) => id) };
      },
    ],
    [
      'GET',
      /^\/_local\/managers$/,
      () => ({
        status: 200,
        body: state.managers.map(({ runnerId, systemId, createdAt, contactedAt }) => ({
          runnerId,
          systemId,
          instanceId: toInstanceId(systemId) ?? null,
          createdAt: new Date(createdAt).toISOString(),
          contactedAt: new Date(contactedAt).toISOString(),
        })),
      }),
    ],
    [
      'PUT',
      /^\/_local\/setup$/,
      (request) => {
        applySetup(state, jsonBody(request) as Setup);
        return { status: 200, body: [...state.runners.keys()] };
      },
    ],
    [
      'PUT',
      /^\/_local\/webhooks$/,
      (request) => {
        const hooks = jsonBody(request) as unknown as Record<string, Webhook>;
        state.webhooks = new Map(Object.entries(hooks));
        return { status: 200, body: [...state.webhooks.keys()] };
      },
    ],
    [
      'PUT',
      /^\/_local\/outage$/,
      (request) => {
        state.outage = toOutage(jsonBody(request));
        return { status: 200, body: state.outage ?? {} };
      },
    ],
  ];
}
