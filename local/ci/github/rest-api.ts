/** The documented REST API for self-hosted runners and for the jobs of a workflow run. */
import { randomBytes } from 'node:crypto';
import { jsonBody, type Reply, type Route, type ServiceRequest } from '../../cloud/http-service';
import { type Needs, type RepositoryHandler, RequestBudget, withAccess } from './access';
import { encodeJitConfig } from './jit-config';
import { toPage } from './pages';
import { type GithubState, nextId, type Repository, type Runner, runningJobOf } from './state';
import { toJobView, toRunnerView } from './views';

const MOST_NAME = 64;
const MOST_LABELS = 100;
/** The group that every repository has, and that of the hosted runners. */
const DEFAULT_GROUP = 1;
const HOSTED_GROUP = 2;

const READ: Needs = { permission: 'administration', level: 'read' };
const WRITE: Needs = { permission: 'administration', level: 'write' };

const no = (status: number, message: string): Reply => ({
  status,
  body: {
    message,
    documentation_url: 'https://docs.github.com/rest/actions/self-hosted-runners',
    status: String(status),
  },
});
const notFound = no(404, 'Not Found');

/** What is wrong with what was sent, or null. */
function findInvalid({ name, runner_group_id: group, labels, work_folder: folder }: Record<string, unknown>) {
  const missing = Object.entries({ name, runner_group_id: group, labels }).find(
    ([, value]) => value === undefined,
  );
  if (missing) return `Invalid input: object is missing required key: ${missing[0]}.`;
  if (typeof name !== 'string' || name === '') return `For 'properties/name', ${name} is not a string.`;
  if (name.length > MOST_NAME) return `Runner name is longer than ${MOST_NAME} characters.`;
  if (!Number.isInteger(group)) return `For 'properties/runner_group_id', ${group} is not an integer.`;
  if (!Array.isArray(labels) || labels.some((label) => typeof label !== 'string' || label === ''))
    return `For 'properties/labels', ${JSON.stringify(labels)} is not an array of strings.`;
  if (labels.length < 1 || labels.length > MOST_LABELS)
    return `For 'properties/labels', ${labels.length} items: 1 to ${MOST_LABELS} are allowed.`;
  return folder === undefined || typeof folder === 'string'
    ? null
    : `For 'properties/work_folder', no string.`;
}

function mint(state: GithubState, request: ServiceRequest, repository: Repository): Reply {
  const body = jsonBody(request);
  const invalid = findInvalid(body);
  if (invalid) return no(422, `Invalid request.\n\n${invalid}`);
  const { name, runner_group_id: group, labels, work_folder: folder } = body as Record<string, string>;
  if (Number(group) !== DEFAULT_GROUP)
    return Number(group) === HOSTED_GROUP ? no(403, 'Forbidden') : notFound;
  if (runnersOf(state, repository).some((runner) => runner.name === name))
    return no(409, 'Already exists - A runner with the name *** already exists.');
  const runner: Runner = {
    id: nextId(state),
    name: String(name),
    repository: repository.name,
    labels: [...(labels ?? [])],
    secret: randomBytes(32).toString('hex'),
    session: null,
    version: null,
    polls: 0,
    heardAt: 0,
  };
  state.runners.set(runner.id, runner);
  return {
    status: 201,
    body: {
      runner: toRunnerView(state, runner),
      encoded_jit_config: encodeJitConfig(state, runner, folder ?? '_work'),
    },
  };
}

const runnersOf = (state: GithubState, { name }: Repository): Runner[] =>
  [...state.runners.values()].filter(({ repository }) => repository === name);

const runnerOf = (state: GithubState, { params }: ServiceRequest, repository: Repository): Runner | null =>
  runnersOf(state, repository).find(({ id }) => id === Number(params[1])) ?? null;

function remove(state: GithubState, request: ServiceRequest, repository: Repository): Reply {
  const runner = runnerOf(state, request, repository);
  if (!runner) return notFound;
  if (runningJobOf(state, runner))
    return no(422, `Bad request - Runner "${runner.name}" is still running a job`);
  state.runners.delete(runner.id);
  state.bell.ring();
  return { status: 204 };
}

export function restRoutes(state: GithubState): Route[] {
  const budget = new RequestBudget();
  const route = (method: string, path: string, needs: Needs, handler: RepositoryHandler): Route => [
    method,
    new RegExp(`^/repos/([^/]+/[^/]+)/actions/${path}$`),
    withAccess(state, budget, needs, handler),
  ];
  return [
    route('POST', 'runners/generate-jitconfig', WRITE, (request, repository) =>
      mint(state, request, repository),
    ),
    route('GET', 'runners', READ, (request, repository) => {
      const name = request.query.get('name');
      const all = runnersOf(state, repository).filter((runner) => name === null || runner.name === name);
      return toPage(
        request,
        'runners',
        all.map((runner) => toRunnerView(state, runner)),
      );
    }),
    route('GET', 'runners/(\\d+)', READ, (request, repository) => {
      const runner = runnerOf(state, request, repository);
      return runner ? { status: 200, body: toRunnerView(state, runner) } : notFound;
    }),
    route('DELETE', 'runners/(\\d+)', WRITE, (request, repository) => remove(state, request, repository)),
    route('GET', 'runs/(\\d+)/jobs', { permission: 'actions', level: 'read' }, (request, repository) => {
      const jobs = state.queue.jobs.filter(
        (job) => job.repository === repository.name && job.runId === Number(request.params[1]),
      );
      if (jobs.length === 0) return notFound;
      return toPage(
        request,
        'jobs',
        jobs.map((job) => toJobView(state, job, repository)),
      );
    }),
  ];
}
