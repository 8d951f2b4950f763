/** API v4 for users: what a scaler, a housekeeper or an operator asks. */
import { randomBytes } from 'node:crypto';
import {
  type Handler,
  jsonBody,
  type Reply,
  RequestError,
  type Route,
  type ServiceRequest,
} from '../../cloud/http-service';
import { RequestBudget, withScope } from './access';
import { toManagerView } from './managers';
import { toPage } from './pages';
import { type GitlabState, nextId, type Project, type Runner } from './state';
import { statusOf, toJobView, toProjectView, toRunnerView } from './views';

const READ = ['api', 'read_api'];
const CREATE_RUNNER = ['api', 'create_runner'];

const numberedId = (reference: string) => (/^\d+$/.test(reference) ? Number(reference) : null);

function projectOf(state: GitlabState, request: ServiceRequest): Project {
  const reference = decodeURIComponent(request.params[0] ?? '');
  const id = numberedId(reference);
  const found =
    id === null
      ? state.projects.get(reference)
      : [...state.projects.values()].find((project) => project.id === id);
  if (!found) throw new RequestError(404, '404 Project Not Found');
  return found;
}

function groupOf(state: GitlabState, request: ServiceRequest): string {
  const reference = decodeURIComponent(request.params[0] ?? '');
  const id = numberedId(reference);
  const found = [...state.groups].find(([path, groupId]) =>
    id === null ? path === reference : groupId === id,
  );
  if (!found) throw new RequestError(404, '404 Group Not Found');
  return found[0];
}

function runnerOf(state: GitlabState, request: ServiceRequest): Runner {
  const runner = state.runners.get(Number(request.params[0]));
  if (!runner) throw new RequestError(404, '404 Runner Not Found');
  return runner;
}

function projectsOfGroup(state: GitlabState, request: ServiceRequest): Reply {
  const group = groupOf(state, request);
  const withSubgroups = request.query.get('include_subgroups') === 'true';
  const archived = request.query.get('archived');
  const projects = [...state.projects.values()].filter(
    ({ path }) =>
      path.startsWith(`${group}/`) && (withSubgroups || !path.slice(group.length + 1).includes('/')),
  );
  return toPage(
    request,
    projects
      .filter((project) => archived === null || String(project.archived) === archived)
      .map(toProjectView),
  );
}

function createRunner(state: GitlabState, request: ServiceRequest): Reply {
  const body = jsonBody(request);
  const tags = body.tag_list;
  const id = nextId(state);
  const token = `glrt-${randomBytes(10).toString('hex')}`;
  const project = [...state.projects.values()].find((one) => one.id === Number(body.project_id));
  state.runners.set(id, {
    id,
    token,
    description: String(body.description ?? ''),
    tags: Array.isArray(tags)
      ? tags.map(String)
      : String(tags ?? '')
          .split(',')
          .filter(Boolean),
    runUntagged: body.run_untagged === true || body.run_untagged === 'true',
    accessLevel: body.access_level === 'ref_protected' ? 'ref_protected' : 'not_protected',
    paused: body.paused === true,
    projects: project ? [project.path] : [],
    groups: [...state.groups].filter(([, group]) => group === Number(body.group_id)).map(([path]) => path),
  });
  return { status: 201, body: { id, token, token_expires_at: null } };
}

const protectedRefs = (names: string[]) => names.map((name, index) => ({ id: index + 1, name }));

export function restRoutes(state: GitlabState): Route[] {
  const budget = new RequestBudget();
  const read = (path: RegExp, handler: Handler): Route => [
    'GET',
    path,
    withScope(state, budget, READ, handler),
  ];
  return [
    read(/^\/api\/v4\/version$/, () => ({ status: 200, body: { version: '18.5.0', revision: '00000000' } })),
    read(/^\/api\/v4\/projects\/([^/]+)$/, (request) => ({
      status: 200,
      body: toProjectView(projectOf(state, request)),
    })),
    read(/^\/api\/v4\/projects\/([^/]+)\/jobs$/, (request) => {
      const { path } = projectOf(state, request);
      const scopes = [...request.query.getAll('scope[]'), ...request.query.getAll('scope')];
      const jobs = state.queue.jobs.filter(
        (job) => job.project === path && (scopes.length === 0 || scopes.includes(statusOf(job))),
      );
      return toPage(
        request,
        jobs.map((job) => toJobView(state, job)),
      );
    }),
    read(/^\/api\/v4\/projects\/([^/]+)\/protected_branches$/, (request) =>
      toPage(
        { ...request, query: new URLSearchParams([...request.query, ['sort', 'asc']]) },
        protectedRefs(projectOf(state, request).protectedBranches),
      ),
    ),
    read(/^\/api\/v4\/projects\/([^/]+)\/protected_tags$/, (request) =>
      toPage(request, protectedRefs(projectOf(state, request).protectedTags)),
    ),
    read(/^\/api\/v4\/groups\/([^/]+)\/projects$/, (request) => projectsOfGroup(state, request)),
    read(/^\/api\/v4\/runners\/(\d+)$/, (request) => ({
      status: 200,
      body: toRunnerView(state, runnerOf(state, request)),
    })),
    read(/^\/api\/v4\/runners\/(\d+)\/jobs$/, (request) => {
      const { id } = runnerOf(state, request);
      const status = request.query.get('status');
      const jobs = state.queue.jobs.filter(
        (job) => job.runnerId === id && (status === null || statusOf(job) === status),
      );
      return toPage(
        request,
        jobs.map((job) => toJobView(state, job)),
      );
    }),
    read(/^\/api\/v4\/runners\/(\d+)\/managers$/, (request) => {
      const { id } = runnerOf(state, request);
      const managers = state.managers.filter(({ runnerId }) => runnerId === id);
      return toPage(
        request,
        managers.map((manager) => toManagerView(state, manager)),
      );
    }),
    [
      'POST',
      /^\/api\/v4\/user\/runners$/,
      withScope(state, budget, CREATE_RUNNER, (request) => createRunner(state, request)),
    ],
  ];
}
